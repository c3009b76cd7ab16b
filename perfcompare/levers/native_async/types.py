"""Which values pass between Django and asyncpg unchanged, so that nothing depends on the driver.

psycopg writes a value with its own type, asyncpg with the type that the server infers. Both are the same thing only for
the pairs below; a statement with any other pair is left to Django.
"""

from __future__ import annotations

import datetime
import decimal
import uuid
from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Any, Final

import asyncpg
from psycopg import postgres, pq
from psycopg.adapt import AdaptersMap, PyFormat
from psycopg.types import array
from psycopg.types.json import Json, Jsonb
from psycopg.types.numeric import Int2, Int4, Int8

from perfcompare.levers._orm.plain import is_negative_zero
from perfcompare.levers._replacing import path_of


class UnsupportedError(Exception):
    """Raised before a statement is run that asyncpg would not run exactly as psycopg does."""


def _of(*types: type) -> Callable[[Any], bool]:
    return frozenset(types).__contains__


def _is_text(value: object) -> bool:
    return isinstance(value, str)


_INTEGERS: Final = {21: (Int2,), 23: (int, Int2, Int4), 20: (int, Int2, Int4, Int8)}
_EXACT: Final[dict[int, tuple[type, ...]]] = {
    16: (bool,), 1700: (decimal.Decimal,), 1083: (datetime.time,),
    1186: (datetime.timedelta,), 2950: (uuid.UUID,), 17: (bytes, memoryview), **_INTEGERS,
}  # fmt: skip
_TEXTS: Final = frozenset({25, 1043, 1042})
_ARRAYS: Final = {1016: int, 1007: int, 1009: str, 1015: str, 2951: uuid.UUID}
_JSONB: Final = 3802
_DATE: Final = 1082
_FLOAT: Final = 701
_TIMESTAMP: Final = 1114
_TIMESTAMPTZ: Final = 1184
_NETWORKS: Final = frozenset({869, 650})
_YEAR: Final = attrgetter("year")

RESULTS: Final = frozenset(
    {*_EXACT, *_TEXTS, *_ARRAYS, _JSONB, _DATE, _FLOAT, _TIMESTAMP, _TIMESTAMPTZ, *_NETWORKS},
)
"""The types (by OID, `select oid, typname from pg_type`) whose values come back as psycopg gives them to Django."""

DATES: Final = frozenset({_DATE, _TIMESTAMP, _TIMESTAMPTZ})
"""Those of which asyncpg makes the first or the last value that Python has, where the database has infinity."""
_INFINITE: Final = frozenset({datetime.MINYEAR, datetime.MAXYEAR})

_BY_DJANGO: Final = frozenset({_JSONB, _TIMESTAMPTZ, *_NETWORKS})
"""Those that Django has psycopg read in its own way, whatever a project wants."""
_WRITTEN: Final = (
    *(bool, bytes, datetime.date, datetime.datetime, datetime.time, datetime.timedelta, decimal.Decimal, float, int),
    *(list, memoryview, str, type(None), uuid.UUID, Int2, Int4, Int8),
)


def encoder(oid: int) -> Callable[[Any], Any]:
    """What turns a parameter of Django's into one of asyncpg's for a placeholder of type `oid`.

    The encoder raises UnsupportedError for a value that psycopg would have written as another type.
    """
    if oid == _DATE:
        return _date
    if oid == _FLOAT:
        return _float
    if oid in _EXACT:
        return _checked(frozenset(_EXACT[oid]))
    if oid in _TEXTS:
        return _text
    if oid in _ARRAYS:
        return _array(_ARRAYS[oid])
    if oid == _JSONB:
        return _json
    if oid == _TIMESTAMPTZ:
        return _moment(aware=True)
    if oid == _TIMESTAMP:
        return _moment(aware=False)
    raise UnsupportedError(f"Parameters of type {oid} are left to Django.")


def _checked(types: frozenset[type]) -> Callable[[Any], Any]:
    def encode(value: object) -> object:
        if type(value) in types or value is None:
            return value
        raise UnsupportedError(f"{type(value).__name__} is not what the server expects.")

    return encode


def _text(value: object) -> object:
    if value is None or (isinstance(value, str) and "\0" not in value):  # psycopg does not send that
        return value
    raise UnsupportedError("The server expects text.")


def _array(kind: type) -> Callable[[Any], Any]:
    def encode(value: object) -> object:
        if value is None or (type(value) is list and all(type(one) is kind for one in value)):
            return [*map(_text, value)] if kind is str and value else value
        raise UnsupportedError("The server expects an array.")

    return encode


def _json(value: object) -> object:
    if isinstance(value, Json | Jsonb):
        if value.dumps is None:
            raise UnsupportedError("Without a function of its own the value is written by psycopg's.")
        return value.dumps(value.obj)
    return _text(value)


def _float(value: object) -> object:
    if value is None or (type(value) is float and not is_negative_zero(value)):
        return value
    raise UnsupportedError("The server expects a number.")


def _date(value: object) -> object:
    # The first and the last date are infinity for asyncpg.
    if value is None or (type(value) is datetime.date and datetime.date.min < value < datetime.date.max):
        return value
    raise UnsupportedError("The server expects a date.")


def _moment(*, aware: bool) -> Callable[[Any], Any]:
    def encode(value: object) -> object:
        if value is None or (
            type(value) is datetime.datetime
            and (value.tzinfo is not None) is aware
            and datetime.MINYEAR < value.year < datetime.MAXYEAR  # the first and the last moment are infinity
        ):
            return value
        raise UnsupportedError("The server expects a date-time.")

    return encode


def own_adapter(adapters: AdaptersMap) -> str | None:
    """Which of `adapters`, Django's for its connections, a project has put in the place of psycopg's: the end of a
    sentence; None where there is none."""
    stock = AdaptersMap(types=adapters.types)
    postgres.register_default_adapters(stock)
    array.register_all_arrays(stock)
    for oid in sorted(RESULTS - _BY_DJANGO):
        loader = adapters.get_loader(oid, pq.Format.TEXT)
        if loader is not stock.get_loader(oid, pq.Format.TEXT):
            return f"psycopg reads {adapters.types[oid].name} with {path_of(loader)}"
    for kind in _WRITTEN:
        dumper = adapters.get_dumper(kind, PyFormat.TEXT)
        if dumper is not stock.get_dumper(kind, PyFormat.TEXT):
            return f"psycopg writes {kind.__name__} with {path_of(dumper)}"
    return None


async def set_codecs(connection: asyncpg.Connection) -> None:
    """Let `connection` give back what psycopg gives to Django where asyncpg's own choice differs."""
    await connection.set_type_codec(
        "uuid", schema="pg_catalog", format="binary", encoder=lambda value: value.bytes, decoder=_uuid
    )
    for name in ("inet", "cidr"):
        await connection.set_type_codec(name, schema="pg_catalog", format="text", encoder=str, decoder=str)
    # In binary 100000 comes back as 1.0E+5.
    await connection.set_type_codec(
        "numeric", schema="pg_catalog", format="text", encoder=_numeric, decoder=decimal.Decimal
    )


def _numeric(value: decimal.Decimal) -> str:
    return "NaN" if value.is_nan() else str(value)


def _uuid(value: bytes) -> uuid.UUID:
    return uuid.UUID(bytes=bytes(value))


def check_results(oids: Sequence[int]) -> None:
    """UnsupportedError unless every column of a result comes back as from psycopg."""
    if not RESULTS.issuperset(oids):
        raise UnsupportedError("A column of the result has a type that is left to Django.")


def check_dates(values: Iterable[object]) -> None:
    """UnsupportedError if one of `values`, days or moments of a column, may be infinity, which psycopg refuses."""
    if not _INFINITE.isdisjoint(map(_YEAR, filter(None, values))):
        raise UnsupportedError("A day or a moment may be infinity.")
