"""The variables of the three services: kept when set, filled in when not, refused when wrong."""

from __future__ import annotations

import os
from pathlib import Path

import psycopg
import pytest

from perfcompare.core.errors import EnvironmentProblem, UsageError
from perfcompare.services import locations
from perfcompare.services.environment import provided

from .conftest import is_gone, pid_of

NAMED = {
    "DATABASE_URL": "postgresql://me:secret@db.example/shop",
    "REDIS_URL": "redis://cache.example:6379/3",
    "UPSTREAM_URL": "http://slow.example:8000",
}


def test_all_three_start_and_the_data_outlives_them(state: Path) -> None:
    environ: dict[str, str] = {"REDIS_URL": ""}

    with provided(environ):
        assert environ["UPSTREAM_URL"].startswith("http://127.0.0.1:")
        assert environ["REDIS_URL"] == locations.redis_url()
        with psycopg.connect(environ["DATABASE_URL"], autocommit=True) as connection:
            assert connection.info.dbname == "perfcompare"
            connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
        pids = [pid_of(service) for service in ("postgresql", "redis", "upstream")]
    assert environ == {"REDIS_URL": ""}
    assert all(is_gone(pid) for pid in pids)

    with provided(environ), psycopg.connect(environ["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)
        assert not list(state.glob("**/*.unfinished"))


def test_nothing_is_started_when_all_are_set(state: Path) -> None:
    environ = dict(NAMED)

    with provided(environ):
        assert environ == NAMED

    assert environ == NAMED
    assert list(state.iterdir()) == []


@pytest.mark.parametrize("url", ["sqlite:///db.sqlite3", "sqlite:////var/db.sqlite3", "postgres://localhost/x"])
def test_other_right_database_urls_pass(url: str) -> None:
    environ = NAMED | {"DATABASE_URL": url}

    with provided(environ):
        assert environ["DATABASE_URL"] == url


@pytest.mark.parametrize(
    ("variable", "url", "fault"),
    [
        ("DATABASE_URL", "mysql://me:secret@localhost/shop", "'mysql'"),
        ("DATABASE_URL", "localhost/shop", "scheme"),
        ("DATABASE_URL", "postgresql://me:secret@localhost", "no database"),
        ("DATABASE_URL", "postgresql://me:secret@localhost/", "no database"),
        ("DATABASE_URL", "postgresql://me:secret@localhost:port/shop", "cannot be read"),
        ("DATABASE_URL", "sqlite://", "no database"),
        ("REDIS_URL", "memcached://localhost", "'memcached'"),
        ("REDIS_URL", "redis:///0", "no host"),
        ("REDIS_URL", "redis://localhost/zero", "not a number"),
        ("REDIS_URL", "unix://", "no socket"),
        ("UPSTREAM_URL", "ftp://localhost", "'ftp'"),
        ("UPSTREAM_URL", "http://", "no host"),
        ("BENCH_DATABASE_URL", "sqlite:///x.db", "'sqlite'"),
        ("BENCH_DATABASE_URL", "nonsense", "scheme"),
        ("BENCH_REDIS_URL", "memcached://localhost", "'memcached'"),
    ],
)
def test_a_wrong_url_is_refused_with_a_right_example(variable: str, url: str, fault: str) -> None:
    with pytest.raises(UsageError, match=fault) as caught, provided(NAMED | {variable: url}):
        pass

    assert variable in str(caught.value)
    assert f"Example: {variable}=" in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.usefixtures("state")
def test_a_service_that_cannot_start_says_why_and_starts_nothing_else() -> None:
    locations.services_folder().mkdir()
    (locations.services_folder() / "postgresql").write_text("in the way")

    with pytest.raises(EnvironmentProblem, match="postgresql cannot be made"), provided({}):
        pass


def test_variables_of_clients_do_not_reach_the_embedded_services(state: Path) -> None:
    shell = {"PGSERVICE": "work", "PGOPTIONS": "-c nonsense=1", "PGPORT": "1", "http_proxy": "http://127.0.0.1:1"}
    environ = dict(shell)

    with pytest.MonkeyPatch.context() as patch:
        for name, value in shell.items():
            patch.setenv(name, value)
        with provided(os.environ), psycopg.connect(os.environ["DATABASE_URL"]) as connection:
            assert connection.info.dbname == "perfcompare"
        assert {name: os.environ.get(name) for name in shell} == environ
