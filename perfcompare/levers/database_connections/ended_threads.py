"""Closes the connection that a thread has kept when the thread ends.

Servers end threads that have nothing to do, as granian does after 30 s, and start others. Django's object for the
connection is in a circle of references, so it and the connection stay until the next full collection, which may be
hours away with the lever `frozen_gc`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary, ref

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from perfcompare.levers._replacing import path_of

if TYPE_CHECKING:
    from psycopg import Connection


class _Kept:
    """A connection, which ends with this object."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._wrapper: Final = ref(connection)
        self._raw: Final[Connection[Any]] = connection.connection

    def __del__(self) -> None:
        wrapper = self._wrapper()
        if wrapper is None or not wrapper.allow_thread_sharing:  # else another thread may go on with it
            self._raw.close()


class _Thread(threading.local):
    """What the running thread has; its end ends this."""

    def __init__(self) -> None:
        self.kept: WeakKeyDictionary[BaseDatabaseWrapper, _Kept] = WeakKeyDictionary()


_thread: Final = _Thread()


def close_with_the_thread(connection: BaseDatabaseWrapper, **_signal: object) -> None:
    """A receiver of `connection_created`. A connection of a pool goes back to it."""
    if connection.vendor == "postgresql" and not getattr(connection, "pool", None):
        _thread.kept[connection] = _Kept(connection)


REPLACEMENTS: Final = ()


def not_postgresql() -> Iterator[str]:
    """Sentences about the other databases."""
    for alias in connections:
        if connections[alias].vendor != "postgresql":
            yield f"off for {alias!r}: {path_of(type(connections[alias]))} is not PostgreSQL."


def objections() -> Iterator[str]:
    """Which connections end as they do with Django, and why. That one of a pool goes back to it is the lever's work."""
    yield from not_postgresql()


def after_install() -> None:
    """Do so with every connection that is opened from now on."""
    connection_created.connect(close_with_the_thread, dispatch_uid=__name__)


def after_uninstall() -> None:
    """Do so no longer."""
    connection_created.disconnect(dispatch_uid=__name__)
