"""Every statement that Django sends is looked at: what writes tokens or users makes the process forget.

Signals would not do: `bulk_create(update_conflicts=…)`, `QuerySet.update`, a proxy model, a fast delete and raw SQL
send none, or send them for another class. All of them pass Django's cursor; what passes psycopg's alone, which tells
neither what it has done nor when it is committed, ends the remembering for its database."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any, Final

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models import CASCADE, PROTECT, RESTRICT, SET_DEFAULT, SET_NULL, Model

from perfcompare.levers._orm.sessions import beginning_of, changed_by, wrapper_behind
from perfcompare.levers._orm.statements import text_of
from perfcompare.levers._replacing import Replacement
from perfcompare.levers.token_cache.memory import Memory

try:
    from psycopg._cursor_base import BaseCursor
except ImportError:  # another database, or psycopg 2: nothing is remembered
    BaseCursor = CursorWrapper  # type: ignore[assignment,misc]

memory: Final = Memory()


class _Told(threading.local):
    now = False
    """Whether this thread is in a statement that Django's cursor has told of."""


_told: Final = _Told()
_tables: Final[set[str]] = set()
_SEEN: Final = (CASCADE, PROTECT, RESTRICT, SET_NULL, SET_DEFAULT)
"""What Django does by statements of its own when a row is deleted; the rest may be the database's work."""
_changed: Final[dict[str, str]] = {}
"""The statement that may have changed whose rows a session sees, for each alias."""


def models() -> tuple[type[Model], ...]:
    """Those whose rows are remembered: tokens and users."""
    return apps.get_model("authtoken", "Token"), get_user_model()


def watch() -> None:
    """Begin to look for their tables, and for others whose rows take theirs along."""
    _changed.clear()
    _tables.clear()
    waiting: list[type[Model]] = [*models()]
    while waiting:
        model = waiting.pop()
        if model._meta.db_table not in _tables:
            _tables.add(model._meta.db_table)
            waiting += _above(model)


def _above(model: type[Model]) -> Iterator[Any]:
    """What `model` inherits from, and what the database may delete it with: Django's collector would not see it."""
    yield from model._meta.all_parents
    fields: tuple[Any, ...] = model._meta.concrete_fields
    for field in fields:
        if field.remote_field is not None and field.remote_field.on_delete not in _SEEN:
            yield field.remote_field.model


def forget_tables() -> None:
    """Look no longer."""
    _tables.clear()


def objection(alias: str) -> str | None:
    """Why what one session of `alias` has read is not what another would read: the end of a sentence."""
    return f"a session was changed, perhaps, by {_changed[alias]!r}" if alias in _changed else None


def _is_write(sql: object) -> bool:
    """Whether a statement may change a row of the tables that has been there before."""
    text = text_of(sql)
    if text is None:
        return True
    if ";" not in text:
        word = text[:6] if text[:6].isupper() else text.lstrip()[:6].upper()
        if word == "TRUNCA":  # takes other tables along
            return True
        if word in {"SELECT", "DECLAR"} or (word == "INSERT" and "ON CONFLICT" not in text.upper()):
            return False
    return any(table in text for table in _tables)


def _note(connection: BaseDatabaseWrapper, what: str) -> None:
    if connection.alias not in _changed:
        _changed[connection.alias] = what
    memory.forget()


def _written(connection: BaseDatabaseWrapper) -> None:
    memory.forget()
    if connection.in_atomic_block:
        waiting = connection.run_on_commit
        known = (
            waiting and waiting[-1][1] == memory.raise_generation and waiting[-1][0] <= set(connection.savepoint_ids)
        )
        if not known:
            transaction.on_commit(memory.raise_generation, using=connection.alias)
    elif connection.get_autocommit():
        memory.raise_generation()
    else:
        _note(connection, "a transaction that was begun by hand")


def execute(self: CursorWrapper, sql: object, params: object = None) -> Any:
    """As `CursorWrapper.execute`."""
    return _done(self.db, sql, EXECUTE.inner, self, params)


def executemany(self: CursorWrapper, sql: object, param_list: object) -> Any:
    """As `CursorWrapper.executemany`."""
    return _done(self.db, sql, EXECUTE_MANY.inner, self, param_list)


def _done(
    connection: BaseDatabaseWrapper, sql: object, run: Callable[..., Any], cursor: CursorWrapper, parameters: object
) -> Any:
    if not _is_write(sql):
        return run(cursor, sql, parameters)
    told, _told.now = _told.now, True
    try:
        result = run(cursor, sql, parameters)
    finally:
        _told.now = told
    _written(connection)
    return result


def _start_query(self: BaseCursor[Any, Any], query: object = None) -> Any:
    """As psycopg's `BaseCursor._start_query`, which every statement passes, of Django's cursors or past these."""
    if query is not None:
        past = not _told.now and _is_write(query)
        wrapper = wrapper_behind(self._conn) if past else changed_by(query, self._conn)
        if wrapper is not None:
            _note(wrapper, beginning_of(query))
    return START.inner(self, query)


EXECUTE: Final = Replacement(CursorWrapper, "execute", execute, "12b9fd1b4fd6")
EXECUTE_MANY: Final = Replacement(CursorWrapper, "executemany", executemany, "0cc045e7dfa8")
START: Final = Replacement(BaseCursor, "_start_query", _start_query, "7185dec04a8b")
REPLACEMENTS: Final = (EXECUTE, EXECUTE_MANY, *((START,) if hasattr(BaseCursor, START.name) else ()))
