"""What dies in the middle of a cell: real servers, generators, and PostgreSQL behind a proxy that can go away."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from subprocess import Popen

import psutil
import pytest

from perfcompare.core.errors import PerfcompareError
from perfcompare.core.generator import Generator, Load, LoadResult
from perfcompare.core.measurement import Cell
from perfcompare.plugins import generators
from perfcompare.runner import generation
from perfcompare.runner.generation import Loaded, LoadError
from perfcompare.runner.pinning import Placement
from perfcompare.runner.plan import PlannedTrial
from perfcompare.runner.sequential import measure
from perfcompare.runner.trial import Conditions, Surroundings, Trial
from perfcompare.services.proxy import Proxy
from tests.perfcompare.factories import make_conditions, make_load, make_target
from tests.perfcompare.runner.conftest import SMALL
from tests.waiting import until

SURROUNDINGS = Surroundings(placement=Placement(server=None, rest=None), services={}, all_known=False)
BARE = PlannedTrial(round=1, cell=Cell(scenario="simple", stack="floor", server="uvicorn", concurrency=4))
READING = PlannedTrial(round=1, cell=Cell(scenario="user_detail", stack="fastapi", server="uvicorn", concurrency=4))
LOCUST = generators["locust"]
DRIVER = """
import subprocess, sys
sys.exit(abs(subprocess.call([sys.executable, "-c", "import time; time.sleep(60)"])))
"""


def _nothing(_load: Load, _output: str) -> LoadResult:
    return make_load()


DRIVEN = Generator(
    label="Driven",
    program="python",
    command=lambda _load: [sys.executable, "-c", DRIVER],
    parse=_nothing,
    installation="",
)
"""A generator whose work is done by a process of its own, as wrk's is."""

Strike = Callable[[Popen[bytes], Loaded], None]


@pytest.fixture
def conditions(tmp_path: Path) -> Conditions:
    return make_conditions(tmp_path, generator="locust", target=make_target(SMALL))


@pytest.fixture
def strikes(monkeypatch: pytest.MonkeyPatch) -> Callable[[Strike], None]:
    """Sets what happens in the middle of the load."""
    wait = generation._wait

    def put(strike: Strike) -> None:
        def struck(process: Popen[bytes], server: Loaded, load: Load) -> None:
            strike(process, server)
            wait(process, server, load)

        monkeypatch.setattr(generation, "_wait", struck)

    return put


def _under_load(server: Loaded) -> bool:
    with suppress(psutil.Error):
        return any(one.status == psutil.CONN_ESTABLISHED for one in psutil.Process(server.pid).net_connections("tcp4"))
    return False


def _kill_generator(process: Popen[bytes], server: Loaded) -> None:
    until(lambda: _under_load(server))
    os.kill(process.pid, signal.SIGKILL)


def _kill_child(process: Popen[bytes], _server: Loaded) -> None:
    (child,) = until(lambda: psutil.Process(process.pid).children())
    child.kill()


def _kill_server(_process: Popen[bytes], server: Loaded) -> None:
    until(lambda: _under_load(server))
    os.kill(server.pid, signal.SIGKILL)


@pytest.mark.parametrize(("generator", "strike"), [(LOCUST, _kill_generator), (DRIVEN, _kill_child)])
def test_a_killed_generator_gives_no_figure(
    conditions: Conditions, strikes: Callable[[Strike], None], generator: Generator, strike: Strike
) -> None:
    strikes(strike)

    with pytest.raises(LoadError, match="generator"):
        measure(Trial(BARE, conditions, SURROUNDINGS), generator)


def test_r5_a_killed_server_gives_no_figure(conditions: Conditions, strikes: Callable[[Strike], None]) -> None:
    strikes(_kill_server)

    with pytest.raises(LoadError, match="server: it ended under load"):
        measure(Trial(BARE, conditions, SURROUNDINGS), LOCUST)


def test_a_database_that_goes_away_makes_no_valid_figure(
    conditions: Conditions, strikes: Callable[[Strike], None], database: Proxy
) -> None:
    def go_away(_process: Popen[bytes], server: Loaded) -> None:
        until(lambda: _under_load(server))
        database.switch("down")

    strikes(go_away)
    behind = replace(conditions, target=make_target(SMALL, {**os.environ, "DATABASE_URL": database.url}))

    assert _reasons(behind) & {"errors", "wrong answer", "server"}


def _reasons(conditions: Conditions) -> set[str]:
    """Why there are no figures, or why they must not be used."""
    try:
        return {one.code for one in measure(Trial(READING, conditions, SURROUNDINGS), LOCUST).objections}
    except PerfcompareError as error:
        return {str(error).partition(":")[0]}
