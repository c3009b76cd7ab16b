"""Values that a field gives to the database as they are: which types need no preparation by Django.

Read off the methods of https://github.com/django/django/blob/stable/5.2.x/django/db/models/fields/__init__.py; a field
with any other method has no such types.
"""

from __future__ import annotations

import types
from collections.abc import Iterable
from operator import attrgetter
from typing import Any, Final

from django.db.models import BooleanField, CharField, DateField, DateTimeField, Field, TextField, TimeField

_NONE: Final = types.NoneType
_TYPES: Final[dict[Any, tuple[Any, frozenset[type]]]] = {
    CharField.get_prep_value: (CharField.to_python, frozenset({str, _NONE})),
    TextField.get_prep_value: (TextField.to_python, frozenset({str, _NONE})),
    BooleanField.get_prep_value: (BooleanField.to_python, frozenset({bool, _NONE})),
}
"""How a value is prepared, to how it is converted on the way, and the types that come out of both as they went in."""

PRE_SAVES: Final = frozenset({Field.pre_save, DateField.pre_save, DateTimeField.pre_save, TimeField.pre_save})
"""Django's own, which may be called twice: that happens when a value turns out to be Django's business."""


_METHODS: Final = attrgetter("pre_save", "get_db_prep_save", "get_db_prep_value", "get_prep_value", "to_python")


class Kinds:
    """The classes of some fields, and whether the methods that prepare values are still the ones that they had."""

    __slots__ = ("_seen",)

    def __init__(self, fields: Iterable[Field[Any, Any]]) -> None:
        self._seen = tuple((cls, _METHODS(cls)) for cls in dict.fromkeys(map(type, fields)))

    def hold(self) -> bool:
        """Whether they are."""
        return all(_METHODS(cls) == methods for cls, methods in self._seen)


def types_of(cls: type[Field[Any, Any]]) -> frozenset[type]:
    """The types of the values that a field of that class saves and compares unchanged; perhaps none."""
    to_python, unchanged = _TYPES.get(cls.get_prep_value, (None, frozenset()))
    stock = cls.get_db_prep_save is Field.get_db_prep_save and cls.get_db_prep_value is Field.get_db_prep_value
    return unchanged if stock and cls.to_python is to_python else frozenset()
