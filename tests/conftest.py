"""The embedded services for the whole test run, and what several folders of tests share."""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from types import SimpleNamespace

import psycopg
import pytest

from perfcompare.core import surroundings
from perfcompare.core.dataset import Dataset
from perfcompare.services import environment
from perfcompare.targets.demonstration.laboratory import Laboratory
from tests import probes


def pytest_addoption(parser: pytest.Parser) -> None:
    """For `make fuzz` (tests/contract/test_fuzzing.py)."""
    parser.addoption("--requests", type=int, default=400, help="how many requests are drawn for each stack")
    parser.addoption("--examples", type=int, default=5, help="of schemathesis, for each endpoint of each stack")
    parser.addoption("--seed", type=int, default=1, help="what they are drawn from")
    parser.addoption("--asked", help="the stacks that get them, separated by commas; all of them unless told")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Other people's suites, of up to half a minute each, come first: at the end a worker would be alone with one."""
    items.sort(key=lambda item: item.path.name != "test_checked.py")


def pytest_collection_finish() -> None:
    """Full collections need not visit all tests and modules, which stay to the end; each would take half a second."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def hears_interrupts() -> None:
    """A shell lets what it starts in the background ignore interrupts; tests that send themselves one would hang."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def measured_services() -> Iterator[None]:
    """The keeper of the services has probes as the tests have them, although it inherits little."""

    def child(environ: Mapping[str, str], **told: str) -> dict[str, str]:
        return surroundings.child(environ, **probes.environ(), **told)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("perfcompare.services.lease.surroundings", SimpleNamespace(child=child))
        yield


@pytest.fixture(scope="session", autouse=True)
def services(measured_services: None) -> Iterator[None]:
    """PostgreSQL, Redis and the upstream service, as manage.py provides them."""
    given = bool(os.environ.get("DATABASE_URL"))
    with environment.provided(os.environ), nullcontext() if given else _hasty(os.environ["DATABASE_URL"]):
        yield


@pytest.fixture(scope="session", autouse=True)
def filled_once() -> Iterator[None]:
    """Commands fill the benchmark's database once for each dataset; from then on PostgreSQL copies it, in a tenth."""
    fill = Laboratory._fill
    copies: dict[Dataset, str] = {}

    def filled(place: Laboratory) -> None:
        if place.made is None:
            fill(place)
            return
        url, name = place.made
        if copy := copies.get(place.dataset):
            _copy(url, copy, name)
        else:
            fill(place)
            copies[place.dataset] = f"filled_{place.dataset.count}_{place.dataset.seed}"
            _copy(url, name, copies[place.dataset])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Laboratory, "_fill", filled)
        yield


def _copy(url: str, name: str, copy: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{name}"')


@contextmanager
def _hasty(url: str) -> Iterator[None]:
    """PostgreSQL does not wait for the disk: what tests commit need not outlive a failure of power."""
    _alter(url, "SET {} = off")
    yield
    _alter(url, "RESET {}")


def _alter(url: str, command: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(f"ALTER SYSTEM {command.format(setting)}")
        connection.execute("SELECT pg_reload_conf()")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(services: None, django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The database must be there before pytest-django makes its own in it, one for each worker of pytest-xdist."""
