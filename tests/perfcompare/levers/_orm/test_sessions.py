from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, connections
from django.db.backends.signals import connection_created
from django.test.utils import CaptureQueriesContext

import perfcompare.levers
from perfcompare.levers._orm import sessions
from perfcompare.levers._replacing import origin_of
from perfcompare.levers.compiled_queries.install import INSTALLATION as COMPILED_QUERIES
from perfcompare.levers.database_connections.install import INSTALLATION as DATABASE_CONNECTIONS
from tests.perfcompare.levers.installed import installed


def test_receivers_are_looked_at_again_when_they_are_others() -> None:
    def prepare(**_signal: Any) -> None: ...

    assert sessions.preparing() == ()

    connection_created.connect(prepare)
    try:
        (path,) = sessions.preparing()
        assert [*sessions.objections()] == [
            f"off everywhere: {path} receives connection_created and may prepare the session."
        ]
    finally:
        connection_created.disconnect(prepare)
    assert sessions.preparing() == ()


_RECEIVING = (COMPILED_QUERIES, DATABASE_CONNECTIONS)


def _session() -> tuple[list[Any], int]:
    """What a new connection has that is not the server's or the role's, and how many statements were asked before."""
    new = connection.copy()
    try:
        with CaptureQueriesContext(new) as asked, new.cursor() as cursor:
            cursor.execute("SELECT name, setting, source FROM pg_settings WHERE source = 'session' ORDER BY name")
            return cursor.fetchall(), len(asked)
    finally:
        new.close()


def test_every_receiver_of_a_lever_is_among_those_seen_here() -> None:
    sources = [path for path in Path(perfcompare.levers.__path__[0]).rglob("*.py") if path.parent.name != "_orm"]
    receiving = {path.parent.name for path in sources if "connection_created.connect(" in path.read_text()}

    assert receiving == {one.lever for one in _RECEIVING}


@pytest.mark.django_db
def test_receivers_of_levers_prepare_nothing_in_the_session() -> None:
    plain = _session()
    with ExitStack() as stack:
        for one in _RECEIVING:
            stack.enter_context(installed(one))
        receivers = connection_created._live_receivers(None)[0]

        assert {origin_of(one).split(".")[2] for one in receivers} >= {one.lever for one in _RECEIVING}
        assert sessions.preparing() == ()
        assert _session() == plain


@pytest.mark.django_db(transaction=True)
def test_a_session_is_changed_by_whatever_passes_its_driver() -> None:
    connection.ensure_connection()
    raw = connection.connection

    assert sessions.changed_by("SET search_path TO a", raw) is connections["default"]
    assert sessions.changed_by("SELECT 1", raw) is None
    assert sessions.changed_by("SELECT count(*) FROM a WHERE b IN (1)", raw) is None
    assert sessions.changed_by("SELECT app.format(1)", raw) is connections["default"]
    assert sessions.changed_by("SELECT mine(1)", raw) is connections["default"]
    assert sessions.changed_by("CREATE EXTENSION hstore", raw) is None
    with psycopg.connect(raw.info.dsn, password=raw.info.password) as of_nobody:
        assert sessions.changed_by("SELECT mine(1)", of_nobody) is None
        assert sessions.changed_by("SET search_path TO a", of_nobody) is None
    assert sessions.changed_by(connection.ops.set_time_zone_sql(), raw) is None  # Django's own, at the opening
