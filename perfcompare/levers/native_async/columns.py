"""Which values a column takes into an INSERT as they are, so that Django's preparation of them can be left out."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any, Final

from django.db import models

from perfcompare.levers._orm import plain

Passes = Callable[[Any], bool]

_METHODS: Final = ("get_db_prep_save", "get_db_prep_value", "get_prep_value", "to_python")


def passes(field: models.Field[Any, Any]) -> Passes:
    """Tells of a value whether `field.get_db_prep_save` gives PostgreSQL the very same; it may say no too often.

    That is known of Django's own fields and of subclasses that prepare values as these do.
    """
    cls: Any = type(field)
    types = plain.types_of(cls)
    if types:
        return lambda value: type(value) in types
    stock: Any = models.DateTimeField
    if issubclass(cls, stock) and all(getattr(cls, name) is getattr(stock, name) for name in _METHODS):
        return _moment
    return _never


def _moment(value: object) -> bool:
    return value is None or (type(value) is datetime.datetime and value.utcoffset() is not None)


def _never(_value: object) -> bool:
    return False
