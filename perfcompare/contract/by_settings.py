"""The documented changes that stacks make by settings alone: settings of Django, and another server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from perfcompare.core.limits import DATABASE_TIMEOUT_S
from perfcompare.core.setting import Setting, Settings

Database = Mapping[str, Any]
POOL: Final = {"min_size": 4, "max_size": 20, "timeout": DATABASE_TIMEOUT_S}
"""psycopg_pool's defaults are 4 connections at most, and 30 s. With these, the pool grows and waits as FastAPI's
does."""


def _persistent(settings: Settings) -> None:
    settings["DATABASES"] = {name: {**one, "CONN_MAX_AGE": None} for name, one in settings["DATABASES"].items()}


def _pooled(settings: Settings) -> None:
    settings["DATABASES"] = {name: _with_pool(one) for name, one in settings["DATABASES"].items()}


def _with_pool(database: Database) -> Database:
    return {**database, "OPTIONS": {**database.get("OPTIONS", {}), "pool": POOL}}


PERSISTENT: Final = Setting(
    label="persistent connections",
    changes="A thread of the server keeps its PostgreSQL connection from request to request.",
    costs="One open connection a thread. The first request after a restart of the database may fail. A database that "
    "accepts and does not answer is waited for. Under ASGI each request has a thread of its own: take a pool there.",
    source="https://docs.djangoproject.com/en/5.2/ref/databases/#persistent-connections",
    lines=('DATABASES["default"]["CONN_MAX_AGE"] = None',),
    interface="wsgi",
    settings=_persistent,
)
POOLED: Final = Setting(
    label="psycopg's connection pool",
    changes="Requests take their PostgreSQL connection from a pool of their process and give it back.",
    costs="4 to 20 open connections a process. The first request after a restart of the database may fail. A database "
    "that accepts and does not answer is waited for.",
    source="https://docs.djangoproject.com/en/5.2/ref/databases/#connection-pool",
    lines=(
        "pip install 'psycopg[pool]'",
        f'DATABASES["default"]["OPTIONS"]["pool"] = {POOL}',
    ),
    settings=_pooled,
)
GRANIAN: Final = Setting(
    label="granian",
    changes="granian serves the WSGI application instead of gunicorn: HTTP in Rust, the same number of Python threads.",
    costs="Another server to know; it has no keep-alive timeout of its own.",
    source="https://github.com/emmett-framework/granian",
    lines=("granian --interface wsgi --blocking-threads 8 project.wsgi:application",),
)
