"""What the services of timed servers are asked for, as they themselves tell it: nothing in a server changes for that.

Redis shows the commands that it gets (MONITOR); those of one of its databases count. PostgreSQL counts statements too,
but tells them up to ten seconds later (`pg_stat_database`). So here it only says whether a client has asked anything.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any, Final

import psycopg
import redis
from redis.client import Monitor

from perfcompare.core.errors import EnvironmentProblem
from perfcompare.core.target import Demand, Meter

_WAIT_S: Final = 5
_UPKEEP: Final = frozenset({"AUTH", "CLIENT", "HELLO", "PING", "SELECT"})
"""Commands that begin a connection or look after it. They depend on the connection, not on the request."""
_LAST_ASKED: Final = """
SELECT max(query_start) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


@contextmanager
def meter(environ: Mapping[str, str]) -> Iterator[Meter | None]:
    """The meter of the services of DATABASE_URL and REDIS_URL; None with a Redis that forbids MONITOR.

    It raises EnvironmentProblem where one does not answer.
    """
    with ExitStack() as opened:
        with _telling():
            database = opened.enter_context(
                psycopg.connect(environ["DATABASE_URL"], connect_timeout=_WAIT_S, autocommit=True)
            )
            cache = opened.enter_context(
                redis.Redis.from_url(environ["REDIS_URL"], socket_connect_timeout=_WAIT_S, socket_timeout=_WAIT_S)
            )
            monitor = _monitor(cache, opened)
        if monitor is None:
            yield None
            return

        def demand(act: Callable[[], object]) -> Demand:
            with _telling():
                _commands(monitor, cache)
                asked = database.execute(_LAST_ASKED).fetchone()
            act()
            with _telling():
                commands = _commands(monitor, cache)
                return Demand(cache=commands, database=database.execute(_LAST_ASKED).fetchone() != asked)

        yield demand


def _monitor(cache: Any, opened: ExitStack) -> Monitor | None:  # redis types neither this nor what a monitor says
    try:
        monitor: Monitor = opened.enter_context(cache.monitor())
    except redis.ResponseError:
        return None
    return monitor


def _commands(monitor: Any, cache: Any) -> Mapping[str, int]:
    """The names of the commands since the last call, and how often each was given."""
    number = cache.get_connection_kwargs().get("db", 0)
    end = f"ECHO {secrets.token_hex(8)}"
    cache.execute_command(*end.split())
    found = Counter[str]()
    while (said := monitor.next_command())["command"] != end:
        name = said["command"].partition(" ")[0].upper()
        if said["db"] == number and name not in _UPKEEP:
            found[name] += 1
    return found


@contextmanager
def _telling() -> Iterator[None]:
    try:
        yield
    except (psycopg.Error, redis.RedisError) as error:
        said = " ".join(str(error).split())
        raise EnvironmentProblem(f"services: they do not tell what they are asked for ({said}).") from error
