"""Parameters: from what Django gives psycopg to what asyncpg binds for the type that PostgreSQL expects."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any, Final, TypeVar
from uuid import UUID

import asyncpg

T = TypeVar("T")


class Misfit(ValueError):
    """Raised for a value that would mean something else, or nothing, as a bound parameter of that type."""


_PLAIN: Final[tuple[Any, ...]] = (bool, int, float, str, bytes)
"""Of a class derived from one of these, such as SafeString, only the value counts."""


@dataclass(frozen=True)
class Json:
    """JSON as text, which asyncpg takes for json and jsonb."""

    text: str


def plain(value: Any) -> Any:
    """Without the wrappers of drivers and Django."""
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    for kind in _PLAIN:
        if isinstance(value, kind):
            return kind(value)
    if isinstance(value, bytearray | memoryview):
        return bytes(value)
    if hasattr(value, "lower_inc") and hasattr(value, "isempty"):  # a Range of psycopg or psycopg2
        if value.isempty:
            return asyncpg.Range(empty=True)
        ends = {"lower_inc": value.lower_inc, "upper_inc": value.upper_inc}
        return asyncpg.Range(plain(value.lower), plain(value.upper), **ends)
    return _unwrapped(value)


def _unwrapped(value: Any) -> Any:
    if hasattr(value, "obj") and hasattr(value, "dumps"):  # psycopg's Json and Jsonb
        return Json((value.dumps or json.dumps)(value.obj))
    if hasattr(value, "adapted"):  # psycopg2's Json and Binary
        return Json(value.dumps(value.adapted)) if hasattr(value, "dumps") else plain(value.adapted)
    if hasattr(value, "addr") and type(value).__name__ == "Inet":  # psycopg2's
        return str(value.addr)
    if type(value).__module__ == "ipaddress":
        return str(value)
    return value


def fitted(value: Any, kind: str) -> Any:
    """A plain value as asyncpg binds it for a parameter of this type of PostgreSQL. Misfit when it cannot."""
    if value is None:
        return None
    if kind.endswith("[]"):
        if not isinstance(value, list):
            raise Misfit(kind)
        return [fitted(one, kind.removesuffix("[]")) for one in value]
    if kind in _RANGES:
        return _range(value, _RANGES[kind])
    try:
        fit: Callable[[Any], Any] = _FITS.get(kind, _as_text)
        return fit(value)
    except (ValueError, TypeError, InvalidOperation) as error:
        raise Misfit(f"{value!r} as {kind}") from error


def source(value: Any) -> str:
    """A fitted value as Python source."""
    if isinstance(value, list):
        return f"[{', '.join(map(source, value))}]"
    if isinstance(value, asyncpg.Range):
        if value.isempty:
            return "asyncpg.Range(empty=True)"
        ends = f"lower_inc={value.lower_inc}, upper_inc={value.upper_inc}"
        return f"asyncpg.Range({source(value.lower)}, {source(value.upper)}, {ends})"
    if isinstance(value, float) and not math.isfinite(value):
        return f"float('{value}')"
    return repr(value)


def _range(value: Any, kind: str) -> Any:
    if not isinstance(value, asyncpg.Range):
        raise Misfit(kind)
    if value.isempty:
        return value
    ends = {"lower_inc": value.lower_inc, "upper_inc": value.upper_inc}
    return asyncpg.Range(fitted(value.lower, kind), fitted(value.upper, kind), **ends)


def _as_text(value: Any) -> str:
    """A number in the place of a text, as in `SELECT 1`, would change the type of the column."""
    if not isinstance(value, str):
        raise Misfit("text")
    return value


def _as_integer(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise Misfit("integer")
    return int(value)


def _as_number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise Misfit("numeric")
    return Decimal(str(value))


def _as_float(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise Misfit("float")
    return float(value)


def _as_date(value: Any) -> date:
    if isinstance(value, datetime):
        raise Misfit("date")
    return date.fromisoformat(value) if isinstance(value, str) else _of(date)(value)


def _as_timestamp(value: Any) -> datetime:
    found = _moment(value)
    if found.tzinfo is not None:
        raise Misfit("timestamp")
    return found


def _as_timestamptz(value: Any) -> datetime:
    found = _moment(value)
    if found.tzinfo is None:
        raise Misfit("timestamptz")
    return found.astimezone(UTC)


def _moment(value: Any) -> datetime:
    # fold and tzinfo of other classes do not matter: the moment does
    return datetime.fromisoformat(value) if isinstance(value, str) else _of(datetime)(value)


def _as_json(value: Any) -> str:
    return value if isinstance(value, str) else _of(Json)(value).text


def _of(kind: type[T]) -> Callable[[Any], T]:
    def checked(value: Any) -> T:
        if not isinstance(value, kind):
            raise Misfit(kind.__name__)
        return value

    return checked


_FITS: Final[Mapping[str, Callable[[Any], Any]]] = {
    **dict.fromkeys(("int2", "int4", "int8", "oid"), _as_integer),
    **dict.fromkeys(("float4", "float8"), _as_float),
    "numeric": _as_number,
    "bool": _of(bool),
    "date": _as_date,
    "timestamp": _as_timestamp,
    "timestamptz": _as_timestamptz,
    "time": _of(time),
    "interval": _of(timedelta),
    "uuid": lambda value: UUID(value) if isinstance(value, str) else _of(UUID)(value),
    **dict.fromkeys(("json", "jsonb"), _as_json),
    "bytea": _of(bytes),
}
"""Any other type gets text."""
_RANGES: Final = {
    "int4range": "int4",
    "int8range": "int8",
    "numrange": "numeric",
    "daterange": "date",
    "tsrange": "timestamp",
    "tstzrange": "timestamptz",
}
