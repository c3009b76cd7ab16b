"""Django's connection of an alias for this thread, without an exception for each look.

`connections[alias]` asks asyncio for a running loop, which says by an exception that there is none
(https://github.com/django/asgiref/blob/main/asgiref/local.py); then a plain thread-local value is all that is left.
"""

from __future__ import annotations

import asyncio
import threading
from typing import Any, Final

from django.db import connections

_storage: Final[Any] = vars(connections._connections).get("_storage")  # type: ignore[attr-defined]  # private
_KNOWN: Final = isinstance(_storage, threading.local)


def on_loop() -> bool:
    """Whether an event loop runs the code that asks: then no code of a project may run that stock runs in a thread."""
    return asyncio._get_running_loop() is not None


def connection_of(alias: str) -> Any:
    """As `connections[alias]`."""
    if _KNOWN and asyncio._get_running_loop() is None:
        opened = vars(_storage).get(alias)
        if opened is not None:
            return opened
    return connections[alias]
