"""Real servers before a database and a cache of their own, filled with a dataset that is known to the last byte."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import psycopg
import pytest
import redis

from perfcompare.core import env
from perfcompare.runner.processes import ServerProcess
from perfcompare.services import databases, urls
from perfcompare.targets.demonstration import laboratory
from perfcompare.targets.demonstration.programs import program
from users.dataset import Dataset

DATASET: Final = Dataset(count=1200, seed=1)
"""More than the largest page, so that a page can be full and still not be the whole table."""
_DATABASE: Final = "perfcompare_contract"
_REDIS_NUMBER: Final = 2
_RESTORER: Final = """
import sys, django
django.setup()
from users.seeding import remove_created
for _ in sys.stdin:
    print(remove_created(), flush=True)
"""

Environ = Mapping[str, str]
Restore = Callable[[], None]
Serve = Callable[[str, str, Environ], ServerProcess]


@pytest.fixture(scope="session")
def environ(services: None) -> Environ:
    """The environment of the servers; the database is made anew, and the cache begins empty."""
    _drop(os.environ["DATABASE_URL"])
    redis_url = urls.with_redis_database(os.environ["REDIS_URL"], _REDIS_NUMBER)
    with redis.Redis.from_url(redis_url) as cache:
        cache.flushdb()
    bench = {
        "BENCH_DATABASE_URL": databases.ensure(os.environ["DATABASE_URL"], _DATABASE),
        "BENCH_REDIS_URL": redis_url,
    }
    return {**os.environ, **laboratory.prepare({**os.environ, **bench}, DATASET).environ}


@pytest.fixture(scope="session")
def database(environ: Environ) -> Iterator[psycopg.Connection]:
    """A connection of the tests' own to the servers' database."""
    with psycopg.connect(environ["DATABASE_URL"], autocommit=True) as connection:
        yield connection


@pytest.fixture(scope="session")
def restore(environ: Environ) -> Iterator[Restore]:
    """Takes away the users that were made, in a process of its own: this one's Django has another database."""
    process = subprocess.Popen(
        [sys.executable, "-c", _RESTORER],
        cwd=env.ROOT,
        env={**environ, "DJANGO_SETTINGS_MODULE": "config.settings.local"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        bufsize=1,
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        stdin, stdout = process.stdin, process.stdout

        def ask() -> None:
            stdin.write("\n")
            assert stdout.readline().strip().isdecimal(), "the database could not be restored"

        yield ask


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Serve:
    """A server process for a stack, a server's name and its environment; not yet started."""

    def make(stack: str, server: str, environ: Environ) -> ServerProcess:
        folder: Path = tmp_path_factory.mktemp("server")
        return ServerProcess(program(stack, server, environ=environ), log=folder / "server.log", cpus=None)

    return make


def _drop(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {_DATABASE} WITH (FORCE)")
