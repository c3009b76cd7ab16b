"""What happens on Django's connections that one of asyncpg would not know of.

Django asks each asynchronous query in a thread, on that thread's connection. What somebody has done to it counts there:
a `SET`, a wrapper around statements, a log of them, a transaction that was begun by hand. So every connection that
Django makes is known here, and every statement that may change a session is noticed. From then on the queries of that
database are Django's.
"""

from __future__ import annotations

import threading
from typing import Any, Final
from weakref import ref

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import ConnectionHandler
from django.utils.connection import BaseConnectionHandler
from psycopg._cursor_base import BaseCursor

from perfcompare.levers._locks import fork_safe_lock
from perfcompare.levers._orm import database_path
from perfcompare.levers._orm.database_wrapper import on_loop
from perfcompare.levers._orm.sessions import beginning_of, changed_by
from perfcompare.levers._replacing import Replacement

_Known = tuple[ref[BaseDatabaseWrapper], threading.Thread]
_made: Final[dict[str, tuple[_Known, ...]]] = {}
"""Django's connections of each alias, one for each thread; a tuple is never changed, so that any thread may read it."""
_adding: Final = fork_safe_lock()
_changed: Final[dict[str, str]] = {}
"""The statement that may have changed a session, for each alias."""


def _start_query(self: BaseCursor[Any, Any], query: object = None) -> Any:
    """As psycopg's `BaseCursor._start_query`, which every statement passes, of Django's cursors or past these."""
    if query is not None and (wrapper := changed_by(query, self._conn)) is not None:
        _changed.setdefault(wrapper.alias, beginning_of(query))
    return START.inner(self, query)


def create_connection(self: ConnectionHandler, alias: str) -> Any:
    """As `ConnectionHandler.create_connection`."""
    made = CREATE.inner(self, alias)
    _know(made)
    return made


def __setitem__(self: BaseConnectionHandler[Any], alias: str, connection: object) -> None:
    """As `BaseConnectionHandler.__setitem__`."""
    SET.inner(self, alias, connection)
    if isinstance(connection, BaseDatabaseWrapper):
        _know(connection)


def __delitem__(self: BaseConnectionHandler[Any], alias: str) -> None:
    """As `BaseConnectionHandler.__delitem__`."""
    DELETE.inner(self, alias)
    if self is connections and not on_loop():
        with _adding:
            _made[alias] = _of_others(alias)


def _of_others(alias: str) -> tuple[_Known, ...]:
    """The connections of `alias` of the other threads that are alive."""
    thread = threading.current_thread()
    return tuple(one for one in _made.get(alias, ()) if one[1] is not thread and one[1].is_alive())


def _know(connection: BaseDatabaseWrapper) -> None:
    if on_loop():
        return  # no query of stock's is asked there
    with _adding:
        _made[connection.alias] = (*_of_others(connection.alias), (ref(connection), threading.current_thread()))


def is_quiet(alias: str, kind: type[Any]) -> bool:
    """Whether all connections of Django's are of `kind`, and none has what one of asyncpg would not have."""
    if alias in _changed:
        return False
    for known, _thread in _made.get(alias, ()):
        connection = known()
        if connection is not None and (type(connection) is not kind or _is_touched(connection)):
            return False
    return True


def objection(alias: str, kind: type[Any]) -> str | None:
    """What somebody has done: the end of a sentence."""
    if alias in _changed:
        return f"a session was changed, perhaps, by {_changed[alias]!r}"
    if not is_quiet(alias, kind):
        return "one of Django's connections has another class, wrapped or logged statements, or an own transaction"
    return None


def _is_touched(connection: BaseDatabaseWrapper) -> bool:
    return bool(
        connection.execute_wrappers
        or connection.force_debug_cursor
        or (connection.connection is not None and not connection.autocommit and not connection.in_atomic_block)
        or database_path.has_own(connection)
    )


def begin() -> None:
    """Know the connections that are there, and nothing of the past."""
    _changed.clear()
    _made.clear()
    for connection in connections.all(initialized_only=True):
        _know(connection)


START: Final = Replacement(BaseCursor, "_start_query", _start_query, "7185dec04a8b")
CREATE: Final = Replacement(ConnectionHandler, "create_connection", create_connection, "278bbd5d5607")
SET: Final = Replacement(BaseConnectionHandler, "__setitem__", __setitem__, "90f13b13fb21")
DELETE: Final = Replacement(BaseConnectionHandler, "__delitem__", __delitem__, "d5836c12a108")
REPLACEMENTS: Final = (START, CREATE, SET, DELETE)
