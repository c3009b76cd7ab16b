"""Django's database wrapper of an alias, without an exception for each look, and without one for each task.

`connections[alias]` asks asyncio for a running loop, which says by an exception that there is none
(https://github.com/django/asgiref/blob/main/asgiref/local.py); then a plain thread-local value is all that is left.
On an event loop it makes a new wrapper for each task, thus for each request, though no statement can go over it.
"""

from __future__ import annotations

import asyncio
import threading
from typing import Any, Final

from django.conf import settings
from django.db import connections
from django.db.utils import load_backend

_storage: Final[Any] = vars(connections._connections).get("_storage")  # type: ignore[attr-defined]  # private
_KNOWN: Final = isinstance(_storage, threading.local)
_samples: Final[dict[str, tuple[Any, Any, Any]]] = {}
"""For each alias the settings and USE_TZ that its sample was made for, and the sample."""


def on_loop() -> bool:
    """Whether an event loop runs the code that asks: then no code of a project may run that stock runs in a thread."""
    return asyncio._get_running_loop() is not None


def connection_of(alias: str) -> Any:
    """As `connections[alias]`: what runs statements."""
    if _KNOWN and asyncio._get_running_loop() is None:
        opened = vars(_storage).get(alias)
        if opened is not None:
            return opened
    return connections[alias]


def wrapper_of(alias: str) -> Any:
    """What compiles and converts for `alias`: the connection of this thread, or the sample on an event loop."""
    return connection_of(alias) if asyncio._get_running_loop() is None else sample_of(alias)


def present_of(alias: str) -> Any | None:
    """The connection that this thread or task has already."""
    return getattr(connections._connections, alias, None)  # type: ignore[attr-defined]  # private


def sample_of(alias: str) -> Any:
    """A connection that is never opened, with the class and the settings that any connection of `alias` would have.

    Raises ConnectionDoesNotExist.
    """
    given = connections.settings.get(alias)
    kept = _samples.get(alias)
    if kept is None or kept[0] is not given or kept[1] != settings.USE_TZ:
        if given is None:
            return connections[alias]  # raises
        # Not by `connections.create_connection`: native_async takes what that makes for the connection of this thread.
        sample = load_backend(given["ENGINE"]).DatabaseWrapper(given, alias)
        kept = _samples[alias] = (given, settings.USE_TZ, sample)
    return kept[2]
