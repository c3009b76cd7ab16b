"""What a process of the project sends while it answers one request: statements and Redis commands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial, wraps
from importlib.util import find_spec
from typing import Any, Final

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from perfcompare.project.forecast.placeholders import Template, template

BEGIN: Final = "BEGIN"
ENDS: Final = frozenset({"COMMIT", "ROLLBACK"})
_OF_CONNECTIONS: Final = frozenset({"HELLO", "AUTH", "SELECT", "PING", "CLIENT"})
"""Redis commands that belong to a connection and not to a request."""


@dataclass(frozen=True, kw_only=True)
class Sent:
    """One statement, as the project's driver got it."""

    database: str
    vendor: str
    template: Template
    rows: int = -1
    """How many it returned or changed; -1 when the driver does not say."""
    failed: bool = False


@dataclass(frozen=True, kw_only=True)
class Observed:
    """One request's."""

    statements: list[Sent] = field(default_factory=list)
    cache: Counter[str] = field(default_factory=Counter)


_current: Observed | None = None


@contextmanager
def observing() -> Iterator[Observed]:
    """What this process sends meanwhile, in whichever thread."""
    global _current
    _current = found = Observed()
    try:
        yield found
    finally:
        _current = None
        found.statements[:] = _used_transactions(found.statements)


def install() -> None:
    """Observe every connection of this process, those of today and of later."""
    connection_created.connect(_observe, dispatch_uid="perfcompare.forecast")
    for connection in connections.all(initialized_only=True):
        _observe(connection=connection)
    for name in ("set_autocommit", "commit", "rollback"):
        setattr(BaseDatabaseWrapper, name, _controlled(name, getattr(BaseDatabaseWrapper, name)))
    if find_spec("redis"):
        _observe_redis()


def _observe(*, connection: Any, **_signal: Any) -> None:
    if _execute not in connection.execute_wrappers:
        connection.execute_wrappers.append(_execute)


def _execute(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    """Django's wrapper of a statement."""
    if _current is None:
        return execute(sql, params, many, context)
    cursor, connection = context["cursor"], context["connection"]
    failed = True
    try:
        result = execute(sql, params, many, context)
        failed = False
        return result
    finally:
        rows = -1 if failed or many else cursor.rowcount
        for one in params if many else [params]:
            _note(connection, _template(connection, sql, one), rows=rows, failed=failed)


def _note(connection: Any, text: Template, *, rows: int = -1, failed: bool = False) -> None:
    if _current is not None:
        sent = Sent(database=connection.alias, vendor=connection.vendor, template=text, rows=rows, failed=failed)
        _current.statements.append(sent)


def _template(connection: Any, sql: Any, params: Any) -> Template:
    if connection.vendor != "postgresql":
        return Template(texts=[str(sql)], values=[], literals=[])
    from django.db.backends.postgresql import psycopg_any

    driver = connection.connection
    text = sql.as_string(driver) if hasattr(sql, "as_string") else str(sql)
    quote = partial(psycopg_any.sql.quote, **{"context" if _psycopg3() else "connection": driver})
    return template(text, params, quote, psycopg2=not _psycopg3())


def _psycopg3() -> bool:
    from django.db.backends.postgresql import psycopg_any

    return bool(psycopg_any.is_psycopg3)


def _controlled(name: str, method: Callable[..., Any]) -> Callable[..., Any]:
    """Drivers begin and end transactions by themselves; what makes them do it is noted."""

    @wraps(method)
    def called(self: Any, *args: Any, **kwargs: Any) -> Any:
        if name != "set_autocommit":
            _note(self, _words(name.upper()))
        elif not (args[0] if args else kwargs["autocommit"]):
            _note(self, _words(BEGIN))
        return method(self, *args, **kwargs)

    return called


def _words(sql: str) -> Template:
    return Template(texts=[sql], values=[], literals=[])


def _used_transactions(statements: list[Sent]) -> list[Sent]:
    """Without those in which nothing was sent: the driver sends no BEGIN then. One that does not end is rolled back."""
    found: list[Sent] = []
    opened: dict[str, Sent] = {}
    begun: set[str] = set()
    for one in statements:
        sql = one.template.texts[0]
        if sql == BEGIN:
            opened[one.database] = one
        elif sql in ENDS:
            opened.pop(one.database, None)
            if one.database in begun:
                begun.remove(one.database)
                found.append(one)
        else:
            if one.database in opened:
                begun.add(one.database)
                found.append(opened.pop(one.database))
            found.append(one)
    last = {one.database: one for one in found}
    return found + [Sent(database=name, vendor=last[name].vendor, template=_words("ROLLBACK")) for name in begun]


def _observe_redis() -> None:
    from redis.asyncio.connection import AbstractConnection as Asynchronous
    from redis.connection import AbstractConnection

    for kind in (AbstractConnection, Asynchronous):
        kind.send_command = _single(kind.send_command)  # type: ignore[method-assign]
        kind.pack_commands = _several(kind.pack_commands)  # type: ignore[method-assign]


def _single(send: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(send)
    def sent(self: Any, *args: Any, **kwargs: Any) -> Any:
        _count(args)
        return send(self, *args, **kwargs)

    return sent


def _several(pack: Callable[..., Any]) -> Callable[..., Any]:
    """A pipeline's."""

    @wraps(pack)
    def packed(self: Any, commands: Any) -> Any:
        commands = list(commands)
        for one in commands:
            _count(one)
        return pack(self, commands)

    return packed


def _count(words: Any) -> None:
    name = str(words[0]).upper()
    if _current is not None and name not in _OF_CONNECTIONS:
        _current.cache[name] += 1
