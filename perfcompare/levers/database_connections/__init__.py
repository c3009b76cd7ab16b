"""Database connections that fit the interface, and system checks that find combinations that do not.

What it changes
    PostgreSQL connections of a WSGI process stay open for as long as their thread (`CONN_MAX_AGE = None`): a thread
    that serves many requests connects once. Their statements are prepared after the fifth time (`prepare_threshold`),
    which counts in the lever `compiled_queries`, which knows when a plan is out of date; not with
    `server_side_binding`. A pool that is merely switched on (`"pool": True`) gets sizes and a time limit, and a
    connection without a time limit gets one. An answer is waited for as long as a connection (the option
    `answer_timeout_s`; None is for ever): a connection that is kept would otherwise hang with its server. It is closed
    when its thread ends. `under_asgi` is for processes that serve ASGI: there a persistent connection is never used
    again, for each request has a thread of its own, so it is a pool.
What it costs
    A statement that takes longer than the limit fails, a migration too. And as many open connections as there are
    threads, or as the pool is large: workers times that must stay below PostgreSQL's `max_connections`, which the check
    with the id `database_connections.W004` computes.
When not to use it
    Behind pgbouncer in transaction mode, which does not know the prepared statements, and where many threads are
    idle and connections are few.
Source
    https://docs.djangoproject.com/en/5.2/ref/databases/#persistent-connections and `#connection-pool`, and
    https://www.psycopg.org/psycopg3/docs/advanced/prepare.html.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any, Final

from perfcompare.core.lever import Lever, Settings, with_app, with_options
from perfcompare.core.versions import problems
from perfcompare.levers._versions import DJANGO, PSYCOPG, PSYCOPG_WAKING, PYTHON

_NAME: Final = "database_connections"
APP: Final = "perfcompare.levers.database_connections"

PREPARE_AFTER: Final = 5
"""psycopg's own default, which Django switches off."""
CONNECT_TIMEOUT_S: Final = 5
POOL: Final = {"min_size": 1, "max_size": 20, "timeout": 2}
"""The time limit in seconds; psycopg_pool's own is 30 s, with 4 connections."""


def under_wsgi(settings: Settings) -> None:
    """Persistent connections for processes whose threads serve many requests."""
    _apply(settings, asgi=False)


def under_asgi(settings: Settings) -> None:
    """A pool for processes that serve ASGI."""
    _apply(settings, asgi=True)


def _apply(settings: Settings, *, asgi: bool) -> None:
    from perfcompare.levers.database_connections.install import INSTALLATION

    with_app(APP)(settings)
    if any(problems(INSTALLATION.tested)):  # Django before 5.1 gives the pool to psycopg, which refuses it
        return
    given = settings.get("PERFCOMPARE", {}).get(_NAME, {})
    with_options(settings, _NAME, **{"answer_timeout_s": _answer_timeout_s(settings["DATABASES"]), **given})
    settings["DATABASES"] = {name: _fitted(one, asgi=asgi) for name, one in settings["DATABASES"].items()}


def _answer_timeout_s(databases: dict[str, dict[str, Any]]) -> float:
    limits = (float(one.get("OPTIONS", {}).get("connect_timeout", CONNECT_TIMEOUT_S)) for one in databases.values())
    return max(limits, default=CONNECT_TIMEOUT_S)


def _fitted(database: dict[str, Any], *, asgi: bool) -> dict[str, Any]:
    if not database["ENGINE"].endswith("postgresql"):
        return database
    given = database.get("OPTIONS", {})
    options = {"connect_timeout": CONNECT_TIMEOUT_S, **given}
    if find_spec("psycopg") is None:  # psycopg2 neither prepares nor has a pool
        return database if asgi else {**database, "CONN_MAX_AGE": None, "OPTIONS": options}
    if not given.get("server_side_binding"):  # with it Django's own cursors would keep plans of tables that change
        options.setdefault("prepare_threshold", PREPARE_AFTER)
    pool = options.get("pool")
    if asgi or pool:
        options["pool"] = {**POOL, **(pool if isinstance(pool, dict) else {})}
        return {**database, "CONN_MAX_AGE": 0, "OPTIONS": options}
    return {**database, "CONN_MAX_AGE": None, "OPTIONS": options}


LEVER = Lever(
    label="database connections",
    changes="Connections of a WSGI process stay open, and their statements are prepared; system checks find misfits.",
    costs="One open connection a thread; slow statements fail; not behind pgbouncer in transaction mode.",
    source="https://docs.djangoproject.com/en/5.2/ref/databases/#persistent-connections",
    lines=(
        f'INSTALLED_APPS += ["{APP}"]',
        'DATABASES["default"]["CONN_MAX_AGE"] = None',
        f'DATABASES["default"]["OPTIONS"]["prepare_threshold"] = {PREPARE_AFTER}',
        'PERFCOMPARE["database_connections"] = {"answer_timeout_s": 5}',
    ),
    tested=(PYTHON, DJANGO, PSYCOPG, PSYCOPG_WAKING),
    settings=under_wsgi,
    options="perfcompare.levers.database_connections.settings.Options",
)
