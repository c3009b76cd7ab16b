"""Asynchronous reads and creates of the ORM without threads: on the event loop, over asyncpg, several at a time.

What it changes
    `aget`, `afirst`, `alast`, `acount`, `aexists`, `aget_or_create` (its search), `acreate` and `async for` over a
    QuerySet. Django compiles the SQL and converts the values; asyncpg carries them, prepared and in binary, over a
    pool of the running event loop. `asyncio.gather` of four queries asks four at the same time. `prefetch_related` of
    foreign keys, either way, is one further statement each; the instances are made when somebody wants them.
    `acreate` sends the model's signals as `save()` does. A synchronous receiver costs a hop to a thread, unless the
    option `receivers` names an asynchronous function that is awaited in its place, with the same arguments and in the
    same order: `PERFCOMPARE = {"native_async": {"receivers": {"app.signals.receiver": "app.signals.areceiver"}}}`. One
    receiver without such a twin takes all of them to the thread. Once begun, a row's INSERT and receivers are finished
    even when the view is cancelled because its client has left.
What it costs
    Up to `max_size` (20) connections a process beside those of Django; size `max_connections` for them.
    Each statement commits by itself. A twin must do what its receiver does when no transaction is open, must not block
    the event loop, and has to be kept in step with it by hand.
What stays as it is
    Whatever cannot be exactly the same is asked by Django itself, in its thread: databases whose connections somebody
    wraps, logs, prepares or changes, code inside `transaction.atomic`, models and queries with code of a project that
    would run on the event loop, other databases than PostgreSQL in UTC, `raw`, combinators, `select_for_update`,
    parameters or columns of types that the drivers treat differently, many-to-many prefetches, `aiterator`, and
    everything under WSGI, where the event loop ends with the request.
When not to use it
    Behind pgbouncer in transaction mode, which does not know the prepared statements.
Source
    https://magicstack.github.io/asyncpg/current/ and django/db/models/query.py, where all asynchronous methods are
    sync_to_async around the synchronous ones.
"""

from __future__ import annotations

from perfcompare.core.lever import Lever, Settings, with_app
from perfcompare.levers._versions import ASYNCPG, DJANGO, PSYCOPG, PYTHON


def _apply(settings: Settings) -> None:
    with_app("perfcompare.levers.native_async")(settings)


LEVER = Lever(
    label="native asynchronous ORM",
    changes="Asynchronous QuerySet methods run on the event loop over asyncpg, without threads and several at a time;"
    " so do signal receivers that have an asynchronous twin.",
    costs="Connections of its own; not behind pgbouncer in transaction mode.",
    source="https://magicstack.github.io/asyncpg/current/",
    lines=(
        'INSTALLED_APPS += ["perfcompare.levers.native_async"]',
        'PERFCOMPARE["native_async"] = {"receivers": {"app.signals.receiver": "app.signals.areceiver"}}  # yours',
    ),
    tested=(PYTHON, DJANGO, ASYNCPG, PSYCOPG),
    settings=_apply,
    options="perfcompare.levers.native_async.settings.Limits",
    packages=("asyncpg",),
)
