"""The database connections of the current thread, found without asking for every alias."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import Any, Final

from django.db import close_old_connections, connections, reset_queries
from django.db.backends.base.base import BaseDatabaseWrapper

from perfcompare.levers._orm.database_wrapper import HANDLES
from perfcompare.levers._orm.stock import Stock

_storage: Final[Any] = vars(connections._connections).get("_storage")  # type: ignore[attr-defined]  # private
_KNOWN: Final = isinstance(_storage, threading.local)
_STEPS: Final = ("close_if_unusable_or_obsolete", "get_autocommit", "ensure_connection")
_OWN: Final = frozenset(_STEPS)
_CLOSING: Final = Stock(BaseDatabaseWrapper, *_STEPS)


def tidy(*, reset: bool, close: bool) -> None:
    """`reset_queries` and `close_old_connections` for this thread: only what is open costs anything."""
    if not _KNOWN or asyncio._get_running_loop() is not None or not HANDLES.holds():
        if reset:
            reset_queries()
        if close:
            close_old_connections()
        return
    opened = vars(_storage)
    for alias in connections.settings:
        connection = opened.get(alias)
        if connection is None:
            continue
        if reset:
            connection.queries_log.clear()
        if close:
            if _is_kept(connection):
                connection.health_check_done = False  # all that Django does to it
            else:
                connection.close_if_unusable_or_obsolete()


def _is_kept(connection: BaseDatabaseWrapper) -> bool:
    """Whether it is open and stays so, because `close_if_unusable_or_obsolete` finds nothing against it."""
    close_at: float | None = connection.close_at
    return (
        connection.connection is not None
        and not connection.in_atomic_block
        and not connection.errors_occurred
        and connection.autocommit == connection.settings_dict["AUTOCOMMIT"]
        and (close_at is None or time.monotonic() < close_at)
        and _CLOSING.holds(type(connection))
        and connection.__dict__.keys().isdisjoint(_OWN)
    )
