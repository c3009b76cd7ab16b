"""Fields that hold one value: how to validate it so that orjson writes what Ninja's encoder would."""

from __future__ import annotations

import inspect
import uuid
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Any, Final, Literal, get_args, get_origin

from ninja.responses import NinjaJSONEncoder
from pydantic import PlainSerializer, TypeAdapter
from pydantic_core import CoreSchema, core_schema


class NotPlain(Exception):
    """Raised for a schema or a value that is left to Ninja's own code."""


SCALARS: Final[frozenset[Any]] = frozenset({str, int, float, bool, type(None)})
# Ninja dumps these unchanged and lets its encoder turn them into text.
_ENCODED: Final[frozenset[Any]] = frozenset({datetime, date, time, timedelta, Decimal, uuid.UUID})
_encode = NinjaJSONEncoder().default


def scalar(annotation: object, metadata: Iterable[Any] = ()) -> CoreSchema:
    """A pydantic-core schema whose result orjson writes as Ninja writes the field; NotPlain when there is none."""
    metadata = list(metadata)
    if isinstance(last := metadata[-1] if metadata else None, PlainSerializer):
        return _serialized(annotation, metadata[:-1], last)
    if annotation in _ENCODED:
        return core_schema.no_info_after_validator_function(_encode, _schema(annotation, metadata))
    if not _is_scalar(annotation):
        raise NotPlain(annotation)
    schema = _schema(annotation, metadata)
    if annotation is int:
        # In lax mode the integer validator lets any enumeration pass.
        return core_schema.chain_schema([schema, core_schema.int_schema(strict=True)])
    return schema


def _is_scalar(annotation: object) -> bool:
    if get_origin(annotation) is Literal:
        return all(type(value) in SCALARS for value in get_args(annotation))
    if get_origin(annotation) is dict:
        key, value = get_args(annotation)
        return key is str and value in SCALARS - {int}
    return annotation in SCALARS


def _serialized(annotation: object, metadata: list[Any], serializer: PlainSerializer) -> CoreSchema:
    function = serializer.func
    if serializer.when_used != "always" or serializer.return_type not in SCALARS or not _takes_one(function):
        raise NotPlain(serializer)
    if getattr(function, "rfc3339_utc", False) and annotation is datetime and not metadata:
        return core_schema.datetime_schema(tz_constraint=0)
    validated = _schema(annotation, metadata)
    written = core_schema.no_info_after_validator_function(function, validated)  # type: ignore[arg-type]
    return core_schema.chain_schema([written, _schema(serializer.return_type, [], strict=True)])


def _takes_one(function: Callable[..., Any]) -> bool:
    try:
        return len(inspect.signature(function).parameters) == 1
    except (TypeError, ValueError):  # some builtins tell nothing
        return False


def _schema(annotation: object, metadata: list[Any], *, strict: bool = False) -> CoreSchema:
    whole: Any = Annotated[annotation, *metadata] if metadata else annotation
    schema = TypeAdapter(whole, config={"strict": True} if strict else None).core_schema
    if _mentions(schema, "serialization"):
        raise NotPlain(annotation)
    return schema


def _mentions(schema: object, key: str) -> bool:
    if isinstance(schema, dict):
        return key in schema or any(_mentions(value, key) for value in schema.values())
    return isinstance(schema, list) and any(_mentions(value, key) for value in schema)


def is_pure(schema: object) -> bool:
    """Whether a value alone decides what `schema` makes of it: a function could ask for the language or the user."""
    if isinstance(schema, dict):
        function = schema.get("function")
        called = function.get("function") if isinstance(function, dict) else function
        return (called is None or called == _encode) and all(map(is_pure, schema.values()))
    return all(map(is_pure, schema)) if isinstance(schema, (list, tuple)) else True
