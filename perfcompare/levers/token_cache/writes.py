"""Every statement that Django sends is looked at: what writes tokens or users makes the process forget.

Signals would not do: `bulk_create(update_conflicts=…)`, `QuerySet.update`, a proxy model, a fast delete and raw SQL
send none, or send them for another class. All of them pass Django's cursor."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.db.models import CASCADE, PROTECT, RESTRICT, SET_DEFAULT, SET_NULL, Model

from perfcompare.levers._orm.sessions import may_last
from perfcompare.levers._replacing import Replacement
from perfcompare.levers.token_cache.memory import Memory

memory: Final = Memory()
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
    if type(sql) is not str:
        return True
    if ";" not in sql:
        word = sql[:6] if sql[:6].isupper() else sql.lstrip()[:6].upper()
        if word == "TRUNCA":  # takes other tables along
            return True
        if word == "SELECT" or (word == "INSERT" and "ON CONFLICT" not in sql.upper()):
            return False
    return any(table in sql for table in _tables)


def _look(connection: BaseDatabaseWrapper, sql: object) -> bool:
    if may_last(sql):
        _note(connection, sql)
    return _is_write(sql)


def _note(connection: BaseDatabaseWrapper, what: object) -> None:
    if connection.alias not in _changed:
        _changed[connection.alias] = " ".join(str(what).split())[:80]
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
    writes = _look(self.db, sql)
    result = EXECUTE.inner(self, sql, params)
    if writes:
        _written(self.db)
    return result


def executemany(self: CursorWrapper, sql: object, param_list: object) -> Any:
    """As `CursorWrapper.executemany`."""
    writes = _look(self.db, sql)
    result = EXECUTE_MANY.inner(self, sql, param_list)
    if writes:
        _written(self.db)
    return result


EXECUTE: Final = Replacement(CursorWrapper, "execute", execute, "12b9fd1b4fd6")
EXECUTE_MANY: Final = Replacement(CursorWrapper, "executemany", executemany, "0cc045e7dfa8")
