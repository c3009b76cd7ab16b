"""The database connections of the current thread, found without asking for every alias."""

from __future__ import annotations

import asyncio
import threading
from typing import Any, Final

from django.db import close_old_connections, connections, reset_queries

_storage: Final[Any] = vars(connections._connections).get("_storage")  # type: ignore[attr-defined]  # private
_KNOWN: Final = isinstance(_storage, threading.local)


def tidy(*, reset: bool, close: bool) -> None:
    """`reset_queries` and `close_old_connections` for this thread: only what is open costs anything."""
    if not _KNOWN or asyncio._get_running_loop() is not None:
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
            connection.close_if_unusable_or_obsolete()
