"""Lists of whole numbers as parameters, written at once instead of number by number.

Psycopg's dumper of a list asks a dumper for each item and looks whether its text needs quotes
(https://github.com/psycopg/psycopg/blob/master/psycopg/psycopg/types/array.py). The text of a Python int needs none.
Which type the list has for the server stays what psycopg finds, and any other list is written by psycopg.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from perfcompare.levers.compiled_queries.adapters import adapters_of

if TYPE_CHECKING:
    from psycopg.abc import Buffer


def write_quickly(connection: BaseDatabaseWrapper, **_signal: object) -> None:
    """A receiver of `connection_created`: put a quick dumper in the place of psycopg's."""
    adapters = adapters_of(connection)
    if adapters is None:
        return
    from psycopg.adapt import PyFormat
    from psycopg.types.array import ListDumper

    if adapters.get_dumper(list, PyFormat.AUTO) is ListDumper:
        adapters.register_dumper(list, quick_dumper())


@cache
def quick_dumper() -> Any:
    """A subclass of psycopg's dumper with a short way for lists of ints."""
    from psycopg.adapt import PyFormat, Transformer
    from psycopg.types.array import ListDumper

    transformer = Transformer()
    # One number for each of smallint, integer and bigint.
    stock = frozenset(type(transformer.get_dumper(size, PyFormat.TEXT)) for size in (1, 1 << 20, 1 << 40))

    class QuickDumper(ListDumper):
        def dump(self, obj: list[Any]) -> Buffer | None:
            if type(self.sub_dumper) in stock and set(map(type, obj)) == {int}:
                return f"{{{','.join(map(str, obj))}}}".encode()
            return super().dump(obj)

    return QuickDumper


def connect() -> None:
    """Have it on every connection that is opened from now on."""
    connection_created.connect(write_quickly, dispatch_uid=__name__)
