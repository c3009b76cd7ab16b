"""Values that a field gives to the database as they are: which types need no preparation by Django.

Read off the methods of https://github.com/django/django/blob/stable/5.2.x/django/db/models/fields/__init__.py; a field
with any other method has no such types.
"""

from __future__ import annotations

import datetime
import math
import types
from collections.abc import Callable
from typing import Any, Final

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    Field,
    IntegerField,
    TextField,
    TimeField,
)
from django.db.models.fields import AutoFieldMixin
from django.db.models.lookups import Exact, IntegerFieldExact, Lookup

from perfcompare.levers._orm.own_code import is_own_function
from perfcompare.levers._orm.own_methods import PREPARING, SAVING
from perfcompare.levers._replacing import MISSING, comparison

Passes = Callable[[Any], bool]

_NONE: Final = types.NoneType
_TYPES: Final[dict[Any, tuple[Any, frozenset[type]]]] = {
    CharField.get_prep_value: (CharField.to_python, frozenset({str, _NONE})),
    TextField.get_prep_value: (TextField.to_python, frozenset({str, _NONE})),
    BooleanField.get_prep_value: (BooleanField.to_python, frozenset({bool, _NONE})),
}
"""How a value is prepared, to how it is converted on the way, and the types that come out of both as they went in."""
_OF_DATES: Final = frozenset(
    {DateField.get_db_prep_value, DateTimeField.get_db_prep_value, TimeField.get_db_prep_value}
)
"""Of a null date nothing is made, by PostgreSQL's operations neither; others look at the value."""

_OF_MOMENTS: Final[dict[str, Any]] = {
    name: one for name in PREPARING if is_own_function(one := getattr(DateTimeField, name))
}
PRE_SAVES: Final = frozenset(
    filter(is_own_function, (Field.pre_save, DateField.pre_save, DateTimeField.pre_save, TimeField.pre_save))
)
"""Django's own, which may be called twice: that happens when a value turns out to be Django's business."""
_LONGEST_NUMBER: Final = 20
_COMPARING: Final = ("__init__", "get_prep_lookup", "process_rhs", "get_db_prep_lookup")


class Compared:
    """A column that is compared, and the values whose parameters are known without Django."""

    __slots__ = ("_range", "_same", "_types")

    def __init__(self, lookup: Lookup, connection: BaseDatabaseWrapper) -> None:
        kind, field, operations = type(lookup), lookup.lhs.output_field, type(connection.ops)
        self._types = frozenset[type]()
        self._range: tuple[int, int] | None = None
        if field is lookup.lhs.target and all(is_own_function(getattr(kind, name)) for name in _COMPARING):
            if kind is Exact:
                self._types = types_of(type(field))
            elif kind is IntegerFieldExact and _is_number(type(field)):
                least, most = connection.ops.integer_field_range(field.get_internal_type())
                if least is not None and most is not None:
                    self._range, self._types = (least, most), frozenset({int, str})
        self._same = comparison(
            (base, name, getattr(base, name, MISSING))
            for cls, names in (
                (kind, _COMPARING),
                (type(field), (*SAVING, "get_internal_type")),
                (operations, ("integer_field_range",)),
            )
            for base in cls.__mro__[:-1]  # what a method finds by `super()` counts too
            for name in names
        )

    def parameter(self, value: Any) -> Any:
        """What Django's preparation makes of `value`; MISSING where Django must be asked."""
        kind = type(value)
        if kind not in self._types or not self._same.same():
            return MISSING
        if self._range is None:
            return value
        if kind is str:  # as a primary key in a URL is
            if len(value) > _LONGEST_NUMBER or not (value.isascii() and value.isdigit()):
                return MISSING
            value = int(value)
        return value if self._range[0] <= value <= self._range[1] else MISSING


def _is_number(cls: type[Field[Any, Any]]) -> bool:
    """Whether the fields of that class are primary keys that the database numbers."""
    stock: Any = AutoFieldMixin
    same = cls.get_db_prep_value is stock.get_db_prep_value and cls.get_prep_value is IntegerField.get_prep_value
    return same and all(is_own_function(getattr(cls, name)) for name in SAVING)


def has_placeholder(field: object) -> bool:
    """Whether a field writes more than `%s` into an INSERT; since Django 6.0 under another name."""
    return hasattr(field, "get_placeholder") or hasattr(field, "get_placeholder_sql")


def is_negative_zero(value: float) -> bool:
    """Whether it is -0.0, which is zero where it is written into the SQL, and stays what it is where it is bound."""
    return not value and math.copysign(1, value) < 0


def passes(field: Field[Any, Any]) -> Passes:
    """Tells of a value whether `field.get_db_prep_save` gives PostgreSQL the very same; it may say no too often.

    That is known of Django's own fields and of subclasses that prepare values as these do.
    """
    cls = type(field)
    unchanged = types_of(cls)
    moments = all(getattr(cls, name) is _OF_MOMENTS.get(name) for name in PREPARING)
    return lambda value: type(value) in unchanged or (moments and _is_moment(value))


def _is_moment(value: object) -> bool:
    """Whether it is a time with a zone, which a DateTimeField gives to PostgreSQL as it is."""
    return type(value) is datetime.datetime and value.utcoffset() is not None


def types_of(cls: type[Field[Any, Any]]) -> frozenset[type]:
    """The types of the values that a field of that class saves and compares unchanged; perhaps none."""
    if cls.get_db_prep_save is not Field.get_db_prep_save or not all(
        is_own_function(getattr(cls, name)) for name in SAVING
    ):
        return frozenset()
    if cls.get_db_prep_value in _OF_DATES:
        return frozenset({_NONE})
    to_python, unchanged = _TYPES.get(cls.get_prep_value, (None, frozenset()))
    stock = cls.get_db_prep_value is Field.get_db_prep_value and cls.to_python is to_python
    return unchanged if stock else frozenset()
