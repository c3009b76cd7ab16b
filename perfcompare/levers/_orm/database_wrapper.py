"""Django's database wrapper of an alias, without an exception for each look, and without one for each task.

`connections[alias]` asks asyncio for a running loop, which says by an exception that there is none
(https://github.com/django/asgiref/blob/main/asgiref/local.py); then a plain thread-local value is all that is left.
On an event loop it makes a new wrapper for each task, thus for each request, though no statement can go over it.
"""

from __future__ import annotations

import asyncio
import threading
from contextvars import ContextVar
from typing import Any, Final

from django.db import connections
from django.db.utils import load_backend

from perfcompare.levers._handling.local_data import held
from perfcompare.levers._replacing import Unpatched
from perfcompare.levers._settings import setting

_storage: Final[Any] = vars(connections._connections).get("_storage")  # type: ignore[attr-defined]  # private
_KNOWN: Final = isinstance(_storage, threading.local)
HANDLES: Final = Unpatched({type(connections): "__getitem__ __getattribute__ all __iter__"})
"""Where an alias becomes a connection, and a request finds those to close: some have one for each tenant."""
_samples: Final[dict[str, tuple[Any, Any, Any]]] = {}
"""For each alias the settings and USE_TZ that its sample was made for, and the sample."""


def on_loop() -> bool:
    """Whether an event loop runs the code that asks: then no code of a project may run that stock runs in a thread."""
    return asyncio._get_running_loop() is not None


def _is_known() -> bool:
    return _KNOWN and HANDLES.holds()


def connection_of(alias: str) -> Any:
    """As `connections[alias]`: what runs statements."""
    opened = getattr(_storage, alias, None) if _is_known() and asyncio._get_running_loop() is None else None
    return connections[alias] if opened is None else opened


def wrapper_of(alias: str) -> Any:
    """What compiles and converts for `alias`: the connection of this thread, or the sample on an event loop."""
    if asyncio._get_running_loop() is not None:
        return sample_of(alias)
    opened = getattr(_storage, alias, None) if _is_known() else None
    return connections[alias] if opened is None else opened


def present_of(alias: str) -> Any | None:
    """The connection that this thread or task has already."""
    if _KNOWN and on_loop():
        # The `Local` would say what there is not by two exceptions.
        made = getattr(_storage, "cvar", None)
        variable = getattr(made, "_data", None)
        if made is None or isinstance(variable, ContextVar):
            return variable and held(variable).get(alias)
    return getattr(connections._connections, alias, None)  # type: ignore[attr-defined]  # private


def sample_of(alias: str) -> Any:
    """A connection that is never opened, with the class and the settings that any connection of `alias` would have.

    Raises ConnectionDoesNotExist.
    """
    given = connections.settings.get(alias)
    kept = _samples.get(alias)
    if kept is None or kept[0] is not given or kept[1] != setting("USE_TZ"):
        if given is None:
            return connections[alias]  # raises
        # Not by `connections.create_connection`: native_async takes what that makes for the connection of this thread.
        sample = load_backend(given["ENGINE"]).DatabaseWrapper(given, alias)
        kept = _samples[alias] = (given, setting("USE_TZ"), sample)
    return kept[2]
