"""Sibling databases."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from perfcompare.core.errors import EnvironmentProblem, UsageError
from perfcompare.services.databases import UnreachableError, ensure, note, remake, set_note


def test_a_missing_database_is_made_and_reached_by_its_url(database_url: str) -> None:
    url = ensure(database_url, "bench-1")

    with psycopg.connect(url) as connection:
        assert connection.info.dbname == "bench-1"


def test_an_existing_database_is_left_alone(database_url: str) -> None:
    with psycopg.connect(ensure(database_url, "bench-2")) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")

    with psycopg.connect(ensure(database_url, "bench-2")) as connection:
        assert connection.execute("SELECT one FROM kept").fetchone() == (1,)


def test_a_role_that_may_not_create_is_told_the_way_out(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("CREATE ROLE weak LOGIN")
    url = database_url.replace("postgres@", "weak@")

    with pytest.raises(EnvironmentProblem, match="BENCH_DATABASE_URL") as caught:
        ensure(url, "bench-3")

    assert "bench-3" in str(caught.value)


def test_sqlite_is_told_the_way_out() -> None:
    with pytest.raises(EnvironmentProblem, match="BENCH_DATABASE_URL"):
        ensure("sqlite:///db.sqlite3", "bench")


def test_an_absent_server_is_said_without_the_password(tmp_path: Path) -> None:
    with pytest.raises(UnreachableError) as caught:
        ensure(f"postgresql://me:secret@/shop?host={tmp_path}", "bench")

    assert "secret" not in str(caught.value)


def test_a_database_is_made_anew_although_somebody_is_connected(database_url: str) -> None:
    with psycopg.connect(ensure(database_url, "bench-4"), autocommit=True) as connection:
        connection.execute("CREATE TABLE gone AS SELECT 1 AS one")

        remake(database_url, "bench-4")

    with psycopg.connect(ensure(database_url, "bench-4")) as connection:
        assert connection.execute("SELECT to_regclass('gone')").fetchone() == (None,)


def test_a_note_lasts_as_long_as_its_database(database_url: str) -> None:
    ensure(database_url, "bench-5")
    assert note(database_url, "bench-5") is None

    set_note(database_url, "bench-5", "it's new")
    assert note(database_url, "bench-5") == "it's new"

    remake(database_url, "bench-5")
    assert note(database_url, "bench-5") is None


def test_the_database_of_what_is_stored_is_never_the_one_that_is_made_anew(database_url: str) -> None:
    with pytest.raises(UsageError, match="DATABASE_URL names the database perfcompare,"):
        remake(database_url, "perfcompare")
