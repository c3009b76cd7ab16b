"""What generated code calls: for values of another type than the field's usual one, and for what only DRF decides."""

from __future__ import annotations

import datetime
import decimal
import functools
import types
import uuid
from collections.abc import Iterable
from typing import Any, Final, Protocol

from django.db.models.manager import BaseManager
from django.utils import timezone
from rest_framework.fields import SkipField
from rest_framework.relations import PKOnlyObject
from rest_framework.serializers import ListSerializer, Serializer

from perfcompare.levers._settings import setting
from perfcompare.levers.compiled_serializers.install import INSTALLATION

UTC: Final = datetime.UTC
_TALLY: Final = INSTALLATION.parts["representation"].tally

PLAIN: Final = frozenset(
    (
        *(str, int, float, bool, type(None), dict, list, tuple, bytes, decimal.Decimal, uuid.UUID),
        *(datetime.datetime, datetime.date, datetime.time, datetime.timedelta),
    )
)
"""Types whose values are no callables, which DRF would call."""

CALLABLES: Final = (types.FunctionType, types.MethodType, types.BuiltinFunctionType, functools.partial)
"""What DRF calls, or refuses to call: see rest_framework.fields.is_simple_callable."""


class _Bound(Protocol):
    """A field, to which a serializer has given its name."""

    field_name: str

    def get_attribute(self, instance: object) -> Any: ...
    def to_representation(self, value: object) -> Any: ...


class Place:
    """Where a serializer stands: itself, or the way to it, which is only gone when somebody asks."""

    __slots__ = ("_many", "_name", "_parent", "_serializer")

    def __init__(
        self, serializer: Serializer[Any] | None = None, parent: Place | None = None, name: str = "", many: bool = False
    ) -> None:
        self._serializer = serializer
        self._parent = parent
        self._name = name
        self._many = many

    @property
    def serializer(self) -> Any:
        """The serializer, with its own fields."""
        if self._serializer is None:
            assert self._parent is not None
            field = self._parent.serializer.fields[self._name]
            self._serializer = field.child if self._many else field
        return self._serializer


class ChildPlace(Place):
    """That of the child of a list serializer."""

    __slots__ = ("_list",)

    def __init__(self, many: ListSerializer[Any]) -> None:
        super().__init__()
        self._list = many

    @property
    def serializer(self) -> Any:
        """The child."""
        return self._list.child


STOCK: Final = Serializer.to_representation
"""DRF's: this is loaded before the lever takes its place."""


def stock(instance: object, place: Place) -> Any:
    """What DRF makes of `instance`, which only turned out to be unusual when it was there."""
    next(_TALLY.calls)
    next(_TALLY.left)
    return STOCK(place.serializer, instance)


def settle(instance: object, place: Place, name: str, value: object) -> Any:
    """What the field `name` makes of its `value` on `instance`."""
    field = place.serializer.fields[name]
    if isinstance(value, CALLABLES):
        value = field.get_attribute(instance)
    return None if value is None else field.to_representation(value)


def again(instance: object, place: Place, name: str, representation: dict[str, Any]) -> None:
    """Let the field `name` itself find its value on `instance`, after this package could not."""
    generic(instance, place.serializer.fields[name], representation)


def generic(instance: object, field: _Bound, representation: dict[str, Any]) -> None:
    """Add what `field` makes of `instance` to its `representation`, as Serializer.to_representation does."""
    try:
        value = field.get_attribute(instance)
    except SkipField:
        return
    empty = (value.pk if isinstance(value, PKOnlyObject) else value) is None
    representation[field.field_name] = None if empty else field.to_representation(value)


def items(value: BaseManager[Any] | Iterable[Any]) -> Iterable[Any]:
    """The objects of a list, a QuerySet or a manager, as rest_framework.serializers.ListSerializer finds them."""
    return value.all() if isinstance(value, BaseManager) else value


def current_timezone() -> datetime.tzinfo | None:
    """The time zone of date-times, as rest_framework.fields.DateTimeField.default_timezone finds it."""
    return timezone.get_current_timezone() if setting("USE_TZ") else None


def is_utc(zone: datetime.tzinfo | None) -> bool:
    """Whether a time of UTC is the same in `zone`, whatever the date."""
    return zone is UTC or getattr(zone, "key", None) == "UTC"


def date_time(instance: object, place: Place, name: str, value: object, zone: datetime.tzinfo | None) -> Any:
    """`value` in `zone` as DRF spells it; what the field says to anything but a usual date-time."""
    if value is None:
        return None
    if type(value) is not datetime.datetime or (zone is None) is not (value.tzinfo is None):
        return settle(instance, place, name, value)
    try:
        text = (value if zone is None else value.astimezone(zone)).isoformat()
    except OverflowError:
        return settle(instance, place, name, value)
    return f"{text[:-6]}Z" if text.endswith("+00:00") else text


def decimal_context(digits: int | None) -> decimal.Context:
    """The context in which DRF rounds to `digits`."""
    context = decimal.getcontext().copy()
    if digits is not None:
        context.prec = digits
    return context
