"""The methods of fields that a plan takes for granted: those of their classes, and none of one field alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from perfcompare.levers._replacing import MISSING, Comparison, comparison

WRITING: Final = ("get_col", "cached_col", "select_format", "get_db_converters")
"""What a column is written with, and its converters chosen by."""
CONVERTER: Final = "from_db_value"
"""What a field converts by, which may be any function, as long as it stays the same."""
JOINING: Final = (
    *("get_extra_restriction", "get_joining_fields", "get_reverse_joining_fields"),
    *("get_joining_columns", "get_reverse_joining_columns"),
)
PREPARING: Final = ("get_db_prep_save", "get_db_prep_value", "get_prep_value", "to_python")
"""What a value passes on its way to the database."""
SAVING: Final = ("pre_save", *PREPARING)
"""The same for the value of an instance."""
_OF_CLASSES: Final = (*WRITING, CONVERTER, *SAVING, "get_internal_type")
_OF_ONE: Final = frozenset({*_OF_CLASSES, *JOINING, "get_lookup"}) - {"cached_col"}
_kept: Final[dict[tuple[type[Any], ...], Comparison]] = {}


def own_method(field: object) -> str | None:
    """Which of these methods somebody has given to one field alone."""
    return next(iter(_OF_ONE & vars(field).keys()), None)


def unchanged(fields: Iterable[object]) -> Comparison:
    """Whether the classes of `fields` have the methods that they have now."""
    classes = tuple(dict.fromkeys(map(type, fields)))
    found = _kept.get(classes)
    if found is None or not found.holds():
        attributes = ((cls, name, getattr(cls, name, MISSING)) for cls in classes for name in _OF_CLASSES)
        found = _kept[classes] = comparison(attributes)
    return found


class OfOne:
    """Whether no field of some has, or had at first, a method of its own. One that gets it has one more attribute."""

    __slots__ = ("_attributes", "_had", "_numbers")

    def __init__(self, fields: Iterable[Any]) -> None:
        self._attributes = [vars(field) for field in dict.fromkeys(fields)]
        self._had = not self._have_none()  # then what was found out meanwhile must be found out again
        self._numbers: list[int] = []

    def hold(self) -> bool:
        """Whether none has."""
        return [*map(len, self._attributes)] == self._numbers or self._look()

    def _look(self) -> bool:
        numbers = [*map(len, self._attributes)]  # first: a change after this makes them others
        found = not self._had and self._have_none()
        self._numbers = numbers if found else []
        return found

    def _have_none(self) -> bool:
        return all(_OF_ONE.isdisjoint(one) for one in self._attributes)
