"""Each stack under load while PostgreSQL restarts, ends connections, has none left, or is slow.

The ids of the acceptance tests: docs/reliability.md.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

import psycopg
import pytest

from perfcompare.contract.by_settings import POOL, POOLED
from perfcompare.contract.fastapi.clients import POOL_SIZE
from perfcompare.core.dataset import Dataset
from perfcompare.core.limits import DATABASE_TIMEOUT_S
from perfcompare.core.server import Launch
from perfcompare.plugins import servers
from perfcompare.registries import stacks
from perfcompare.runner.processes import ServerProcess
from perfcompare.services.postgresql import PostgreSQL
from perfcompare.targets.demonstration import laboratory
from tests.acceptance.load import UNAVAILABLE, Load, loaded, repeated, traffic
from tests.serving import serve
from tests.states import state_folder

pytestmark = pytest.mark.acceptance
logger = logging.getLogger(__name__)

ASKING: Final = ("user_detail", "user_list", "protected", "dashboard", "user_create")
DATASET: Final = Dataset(count=200, seed=1)
MAX_CONNECTIONS: Final = 60
"""Of the tests' own PostgreSQL. Three of them are for superusers, which the servers are here."""
FEW: Final = 16
MANY: Final = 100
RECOVERY_S: Final = 10.0
SERVED: Final = [name for name, stack in stacks.items() if stack.scenarios >= set(ASKING)]


def limit(stack: str) -> int | None:
    """The most connections of one process, where the stack has a limit.

    Under ASGI Django opens a connection for each request that is under way, unless a pool is set, and the lever
    native_async has its pool beside those.
    """
    if servers[stacks[stack].server].interface == "wsgi":
        return Launch.threads
    if POOLED in stacks[stack].by_settings:
        return POOL["max_size"]
    return POOL_SIZE if stacks[stack].django is None else None


class Small(PostgreSQL):
    """A PostgreSQL of these tests' own, which they may restart."""

    def prepare(self) -> Sequence[str]:
        return [*super().prepare(), "-c", f"max_connections={MAX_CONNECTIONS}"]

    def begin(self) -> None:
        asyncio.run(self.start())


@pytest.fixture(scope="module")
def postgresql() -> Iterator[Small]:
    with pytest.MonkeyPatch.context() as patch, state_folder() as folder:
        patch.setenv("PERFCOMPARE_STATE", str(folder))
        server = Small()
        server.begin()
        yield server
        server.stop()


@pytest.fixture(scope="module")
def environ(postgresql: Small) -> Mapping[str, str]:
    services = {**os.environ, "DATABASE_URL": postgresql.url()}
    services.pop("BENCH_DATABASE_URL", None)
    return {**services, **laboratory.prepare(services, DATASET).environ}


@pytest.fixture(scope="module", params=SERVED)
def stack(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def process(
    stack: str, environ: Mapping[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[ServerProcess]:
    log = tmp_path_factory.mktemp(stack) / "log"
    with serve(stack, stacks[stack].server, environ=environ, log=log) as process:
        yield process
        assert "Traceback" not in log.read_text()


@contextmanager
def under_load(process: ServerProcess, connections: int = FEW) -> Iterator[Load]:
    """The server while it is asked for everything that needs the database."""
    with loaded(process, traffic(process, ASKING, DATASET), connections=connections) as load:
        load.settle()
        yield load


@contextmanager
def sampled(environ: Mapping[str, str]) -> Iterator[list[int]]:
    """How many connections to the database there are, again and again."""
    found: list[int] = []
    with psycopg.connect(environ["DATABASE_URL"], autocommit=True) as own:

        def sample() -> None:
            row = own.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
            ).fetchone()
            assert row is not None
            found.append(row[0])
            time.sleep(0.05)

        with repeated(sample):
            yield found


def test_r7_postgresql_restarts_under_load(process: ServerProcess, postgresql: Small) -> None:
    with under_load(process) as load:
        postgresql.stop()
        time.sleep(2)
        postgresql.begin()
        load.recover(RECOVERY_S)

    assert set(load.failures) == {UNAVAILABLE}


def test_r7_postgresql_ends_every_connection_under_load(process: ServerProcess, environ: Mapping[str, str]) -> None:
    with under_load(process) as load, psycopg.connect(environ["DATABASE_URL"], autocommit=True) as own:
        for _ in range(5):
            own.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            time.sleep(0.3)
        load.recover(RECOVERY_S)

    assert set(load.failures) <= {UNAVAILABLE}


def test_r10_more_clients_than_postgresql_has_connections(
    stack: str, process: ServerProcess, environ: Mapping[str, str]
) -> None:
    with sampled(environ) as connections:
        with loaded(process, traffic(process, ASKING, DATASET), connections=MANY) as load:
            time.sleep(5)
        with under_load(process) as later:
            later.recover(RECOVERY_S)

    assert load.answers
    assert set(load.failures) <= {UNAVAILABLE}
    logger.info("%s: %s connections at most", stack, max(connections))
    most = limit(stack)
    # PostgreSQL counts one that is ending beside its successor
    assert most is None or max(connections) <= 2 * most


def test_r8_statements_wait_for_a_lock_for_longer_than_their_limit(
    process: ServerProcess, environ: Mapping[str, str]
) -> None:
    with under_load(process) as load:
        with psycopg.connect(environ["DATABASE_URL"]) as own:
            own.execute("LOCK TABLE users_user IN ACCESS EXCLUSIVE MODE")
            time.sleep(2 * DATABASE_TIMEOUT_S)
            own.rollback()
        load.recover(RECOVERY_S)

    assert set(load.failures) <= {UNAVAILABLE}
