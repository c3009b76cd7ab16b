"""State folders of their own for these tests, and one PostgreSQL and Redis that the tests of clients share."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from perfcompare.services import locations
from perfcompare.services.lease import Lease
from tests.states import state_folder
from tests.waiting import until


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty state folder; at the end nothing of it may run."""
    with state_folder() as folder:
        monkeypatch.setenv("PERFCOMPARE_STATE", str(folder))
        yield folder
        until(keeper_has_ended, 5)


@pytest.fixture(scope="package")
def lease() -> Iterator[Lease]:
    with pytest.MonkeyPatch.context() as patch, state_folder() as folder:
        patch.setenv("PERFCOMPARE_STATE", str(folder))
        with Lease() as lease:
            urls = {name: lease.ask(name) for name in ("postgresql", "redis")}
            assert urls == {"postgresql": locations.database_url(), "redis": locations.redis_url()}
            patch.undo()
            yield lease


@pytest.fixture
def database_url(lease: Lease) -> str:
    return lease.ask("postgresql")


@pytest.fixture
def redis_url(lease: Lease) -> str:
    return lease.ask("redis")


def pid_of(service: str) -> int:
    return int(locations.pid_file(service).read_text())


def keeper() -> psutil.Process:
    """The keeper of the current state folder, which must run Redis."""
    parent = psutil.Process(pid_of("redis")).parent()
    assert parent is not None
    return parent


def is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def keeper_has_ended() -> bool:
    """Whether the lock of the current state folder is free."""
    if not locations.keeper_lock().exists():
        return True
    with locations.keeper_lock().open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True
