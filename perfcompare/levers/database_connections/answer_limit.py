"""A limit to the wait for an answer on a connection that is kept open.

A new connection is given up after `connect_timeout`. One that is kept has no such moment: when the server hangs, libpq
waits for ever, and so does the thread. psycopg's `Connection.wait` drives a generator and wakes it up every tenth of a
second; here that generator looks at the time. What is given up is closed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from perfcompare.levers.database_connections.ended_threads import not_postgresql
from perfcompare.levers.database_connections.settings import options

if TYPE_CHECKING:
    from psycopg import Connection
    from psycopg.abc import PQGen

_T = TypeVar("_T")


def limit_answers(connection: BaseDatabaseWrapper, **_signal: object) -> None:
    """A receiver of `connection_created`: the option `answer_timeout_s` is the limit, in seconds."""
    limit_s = options().answer_timeout_s
    if connection.vendor != "postgresql" or limit_s is None:
        return
    raw = connection.connection
    wait = getattr(raw, "wait", None)  # psycopg2 has none
    if wait is not None and not isinstance(wait, partial):
        raw.wait = partial(_wait, raw, wait, limit_s)


REPLACEMENTS: Final = ()


def objections() -> Iterator[str]:
    """Which answers have no limit, and why."""
    if options().answer_timeout_s is None:
        yield "off everywhere: the option `answer_timeout_s` sets no limit."
    yield from not_postgresql()


def after_install() -> None:
    """Limit the answers on every connection that is opened from now on."""
    connection_created.connect(limit_answers, dispatch_uid=__name__)


def after_uninstall() -> None:
    """Do so no longer."""
    connection_created.disconnect(dispatch_uid=__name__)


def _wait(
    raw: Connection[Any],
    stock: Callable[..., _T],
    limit_s: float,
    generator: PQGen[_T],
    interval: float = 0.1,
    **more: Any,
) -> _T:
    # psycopg itself sets a limit (`timeout`, since 3.3.3) where it asks for something in passing.
    limited = generator if more.get("timeout") is not None else _limited(raw, limit_s, generator)
    return stock(limited, interval, **more)


def _limited(raw: Connection[Any], limit_s: float, generator: PQGen[_T]) -> PQGen[_T]:
    """`generator`, which waits for what the server says, until it has waited too long."""
    deadline = time.monotonic() + limit_s
    try:
        wanted = next(generator)
        while True:
            ready = yield wanted
            if not ready and time.monotonic() > deadline:
                import psycopg  # a project may use another database

                raw.pgconn.finish()
                raise psycopg.OperationalError(f"The database did not answer within {limit_s:g} s.")
            wanted = generator.send(ready)
    except StopIteration as ended:
        found: _T = ended.value
        return found
