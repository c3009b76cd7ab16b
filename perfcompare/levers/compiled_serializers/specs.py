"""What a field does when it represents a value, as a hashable description from which code is generated.

Two fields with equal descriptions are represented by the same code, whichever serializer they belong to.
"""

from __future__ import annotations

import decimal
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from rest_framework import fields, relations
from rest_framework.settings import api_settings

from perfcompare.levers._drf import trust
from perfcompare.levers._replacing import is_constant

AnyField = fields.Field[Any, Any, Any, Any]


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """A field with a value of its own."""

    name: str
    source: tuple[str, ...]
    kind: str
    """The name of its emitter in `code`."""
    options: tuple[Hashable, ...] = ()
    pace: int = 0
    """Where adrf may have it represented: LOOP, THREAD or ADRF."""


@dataclass(frozen=True, kw_only=True)
class Branch:
    """A nested serializer."""

    name: str
    source: tuple[str, ...]
    many: bool
    fields: Spec
    pace: int = 0


Spec = tuple[Leaf | Branch, ...]
Nested = Callable[[AnyField], "tuple[bool, Spec | None] | None"]
"""From a field to whether it is many and the description of its serializer, None for one that decides about its fields
by itself; None for any other field."""

GENERIC: Final = "generic"
"""A field that is asked for its attribute and its representation, as DRF does."""

DECIDED: Final = "decided"
"""A nested serializer that decides about its fields by itself, at its first value."""

LOOP: Final = 0
"""On the event loop: attributes and library code."""
THREAD: Final = 1
"""In a thread: synchronous code of the project."""
ADRF: Final = 2
"""By adrf: something that is awaited."""


def pace_of(spec: Spec) -> int:
    """The most careful of the paces in `spec`."""
    return max((max(part.pace, pace_of(part.fields) if isinstance(part, Branch) else LOOP) for part in spec), default=0)


def spec_of(readable: Iterable[AnyField], nested: Nested) -> Spec:
    """The description of a serializer with the fields `readable`."""
    return tuple([_described(field, nested) for field in readable])


def _described(field: AnyField, nested: Nested) -> Leaf | Branch:
    name, source = str(field.field_name), tuple(field.source_attrs)
    if "get_attribute" in vars(field) or "to_representation" in vars(field):
        return Leaf(name=name, source=source, kind=GENERIC, pace=ADRF)
    if type(field).to_representation in _BY_CLASS and type(field).get_attribute is fields.Field.get_attribute:
        cls: Any = type(field)
        return _leaf_of(cls, name, source)
    if type(field).get_attribute is fields.Field.get_attribute and (branch := nested(field)) is not None:
        many, spec = branch
        if spec is None:
            pace = ADRF if hasattr(type(field), "ato_representation") else THREAD
            return Leaf(name=name, source=source, kind=DECIDED, options=(many,), pace=pace)
        own = _awaits_own(type(field)) or (many and _awaits_own(type(field.child)))  # type: ignore[attr-defined]
        return Branch(name=name, source=source, many=many, fields=spec, pace=ADRF if own else LOOP)
    kind, *options = _kind(field)
    return Leaf(name=name, source=source, kind=kind, options=tuple(options), pace=_pace(type(field), kind))


@lru_cache(maxsize=4096)
def _leaf_of(cls: type[AnyField], name: str, source: tuple[str, ...]) -> Leaf:
    """The description of a field of which only the class matters: most fields, and so none is described twice."""
    kind = _BY_CLASS[cls.to_representation]
    return Leaf(name=name, source=source, kind=kind, pace=_pace(cls, kind))


def _awaits_own(cls: type) -> bool:
    return not trust.is_own(cls, "ato_representation", "aget_attribute")


def _pace(cls: type, kind: str) -> int:
    own = trust.is_own(cls, "get_attribute", "to_representation")
    if hasattr(cls, "ato_representation") and (kind == "method" or not own or _awaits_own(cls)):
        return ADRF
    return THREAD if kind in ("method", GENERIC) or not own else LOOP


def _kind(field: AnyField) -> tuple[Any, ...]:
    gets, represents = type(field).get_attribute, type(field).to_representation
    if gets is relations.RelatedField.get_attribute:
        return _related(field)
    if gets is not fields.Field.get_attribute:
        return (GENERIC,)
    known = _KNOWN.get(represents)
    return known(field) if known else ("call",)


def _related(field: Any) -> tuple[Any, ...]:
    optimised = type(field).use_pk_only_optimization
    if is_constant(optimised) and not optimised(field):
        return ("call",)
    if (
        optimised is relations.PrimaryKeyRelatedField.use_pk_only_optimization
        and type(field).to_representation is relations.PrimaryKeyRelatedField.to_representation
        and field.pk_field is None
        and len(field.source_attrs) == 1
    ):
        return ("key",)
    return (GENERIC,)


def _method(field: fields.SerializerMethodField) -> tuple[Any, ...]:
    return ("method", field.method_name) if not field.source_attrs else (GENERIC,)


def _big_integer(field: AnyField) -> tuple[Any, ...]:
    coerced = getattr(field, "coerce_to_string", api_settings.COERCE_BIGINT_TO_STRING)
    return ("number_as_text",) if coerced else ("integer",)


def _boolean(field: fields.BooleanField) -> tuple[Any, ...]:
    stock = fields.BooleanField
    same = field.TRUE_VALUES is stock.TRUE_VALUES and field.FALSE_VALUES is stock.FALSE_VALUES
    return ("boolean",) if same and trust.is_own(type(field), "_lower_if_str") else ("call",)


def _date_time(field: fields.DateTimeField) -> tuple[Any, ...]:
    stock, kind = fields.DateTimeField, type(field)
    own = kind.enforce_timezone is not stock.enforce_timezone or kind.default_timezone is not stock.default_timezone
    if own or not _is_iso(getattr(field, "format", api_settings.DATETIME_FORMAT)):
        return ("call",)
    return ("date_time", hasattr(field, "timezone"), getattr(field, "timezone", None))


def _date(field: fields.DateField) -> tuple[Any, ...]:
    return ("date",) if _is_iso(getattr(field, "format", api_settings.DATE_FORMAT)) else ("call",)


def _is_iso(spelling: object) -> bool:
    return isinstance(spelling, str) and spelling.lower() == "iso-8601"


def _decimal(field: fields.DecimalField) -> tuple[Any, ...]:
    coerced = getattr(field, "coerce_to_string", api_settings.COERCE_DECIMAL_TO_STRING)
    own = type(field).quantize is not fields.DecimalField.quantize
    if own or not coerced or field.localize or field.normalize_output or field.decimal_places is None:
        return ("call",)
    return ("decimal", decimal.Decimal(".1") ** field.decimal_places, field.max_digits, field.rounding)


def _json(field: fields.JSONField) -> tuple[Any, ...]:
    return ("call",) if field.binary else ("as_it_is",)


def _uuid(field: fields.UUIDField) -> tuple[Any, ...]:
    return ("uuid",) if field.uuid_format == "hex_verbose" else ("call",)


_BY_CLASS: Final[dict[Any, str]] = {
    fields.IntegerField.to_representation: "integer",
    fields.FloatField.to_representation: "float",
    fields.CharField.to_representation: "text",
    fields.ReadOnlyField.to_representation: "as_it_is",
}
_KNOWN: Final[dict[Any, Callable[[Any], tuple[Any, ...]]]] = {
    fields.BooleanField.to_representation: _boolean,
    fields.DecimalField.to_representation: _decimal,
    fields.DateTimeField.to_representation: _date_time,
    fields.DateField.to_representation: _date,
    fields.UUIDField.to_representation: _uuid,
    fields.JSONField.to_representation: _json,
    fields.SerializerMethodField.to_representation: _method,
    # since DRF 3.17
    **({fields.BigIntegerField.to_representation: _big_integer} if hasattr(fields, "BigIntegerField") else {}),
}
