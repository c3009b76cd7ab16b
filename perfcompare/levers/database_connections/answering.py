"""A limit to the wait for an answer on a connection that is kept open.

A new connection is given up after `connect_timeout`. One that is kept has no such moment: when the server hangs, libpq
waits for ever, and so does the thread. psycopg can wait with a limit
(https://www.psycopg.org/psycopg3/docs/api/connections.html, `Connection.wait`); what is given up is closed.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from perfcompare.levers.database_connections.settings import options


def limit_answers(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    """A receiver of `connection_created`: the option `answer_timeout_s` is the limit, in seconds."""
    limit_s = options().answer_timeout_s
    if connection.vendor != "postgresql" or limit_s is None:
        return
    raw = connection.connection
    if not isinstance(getattr(raw, "wait", None), partial):
        raw.wait = partial(_wait, raw, limit_s)


def connect() -> None:
    """Limit the answers on every connection that is opened from now on."""
    connection_created.connect(limit_answers, dispatch_uid="database_connections.limit_answers")


def _wait(raw: Any, limit_s: float, generator: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
    import psycopg
    from psycopg import errors

    try:
        return type(raw).wait(raw, generator, interval, limit_s if timeout is None else timeout)
    except errors._WaitTimeout as error:
        if timeout is not None:
            raise
        raw.pgconn.finish()
        raise psycopg.OperationalError(f"The database did not answer within {limit_s:g} s.") from error
