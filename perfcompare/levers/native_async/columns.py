"""Which values a column takes into an INSERT as they are, so that Django's preparation of them can be left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import models

from perfcompare.levers._orm import plain

Passes = Callable[[Any], bool]


def passes(field: models.Field[Any, Any]) -> Passes:
    """Tells of a value whether `field.get_db_prep_save` gives PostgreSQL the very same; it may say no too often.

    That is known of Django's own fields and of subclasses that prepare values as these do.
    """
    types, moments = plain.types_of(type(field)), plain.takes_moments(type(field))
    return lambda value: type(value) in types or (moments and plain.is_moment(value))
