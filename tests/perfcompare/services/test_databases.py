"""Sibling databases."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from perfcompare.core.errors import EnvironmentProblem
from perfcompare.services.databases import UnreachableError, ensure


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
