"""Times with a time zone, as Django's loader makes them, by Python's own reading of ISO 8601.

Psycopg takes a text like `2024-02-29 12:00:00+00` to pieces by a regular expression, moves it into the time zone of the
session, and Django's loader then replaces that zone by the connection's
(https://github.com/django/django/blob/stable/5.2.x/django/db/backends/postgresql/psycopg_any.py). In UTC nothing moves,
and the result is what stands there. Other zones have hours that come twice, which psycopg tells apart by `fold`; they
and any other spelling are left to Django and psycopg.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from perfcompare.levers.compiled_queries.adapters import adapters_of

if TYPE_CHECKING:
    from psycopg.abc import AdaptContext, Buffer


def load_quickly(connection: BaseDatabaseWrapper, **_signal: object) -> None:
    """A receiver of `connection_created`: put a quick loader in the place of Django's."""
    adapters = adapters_of(connection)
    if adapters is None:
        return
    from django.db.backends.postgresql.psycopg_any import BaseTzLoader
    from psycopg import pq

    oid = adapters.types["timestamptz"].oid
    loader = adapters.get_loader(oid, pq.Format.TEXT)
    if loader.__base__ is BaseTzLoader and "load" not in vars(loader):
        adapters.register_loader(oid, _quick(loader))


@lru_cache(maxsize=64)
def _quick(loader: Any) -> Any:
    from psycopg._tz import get_tzinfo

    class QuickLoader(loader):  # type: ignore[misc]
        """`loader`, with a short way for times without an offset."""

        def __init__(self, oid: int, context: AdaptContext | None = None) -> None:
            super().__init__(oid, context)
            # Since Django 6.1 it is another loader that knows the session's time zone.
            session = getattr(self, "_timezone", None) or get_tzinfo(self.connection and self.connection.pgconn)
            self._is_utc = self.timezone is UTC is session

        def load(self, data: Buffer) -> Any:
            """The time in UTC."""
            text = bytes(data)
            if self._is_utc and text.endswith(b"+00"):
                try:
                    return datetime.fromisoformat(text.decode())
                except ValueError:
                    pass
            return super().load(data)

    return QuickLoader


def connect() -> None:
    """Have it on every connection that is opened from now on."""
    connection_created.connect(load_quickly, dispatch_uid=__name__)
