"""What dies in the middle of a cell: real servers, wrk, and PostgreSQL behind a proxy that can be switched off."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from subprocess import Popen

import pytest

from perfcompare.core.errors import PerfcompareError
from perfcompare.core.generator import Load
from perfcompare.core.measurement import Cell
from perfcompare.registries import generators
from perfcompare.runner import generating, procfs
from perfcompare.runner.generating import Loaded, LoadError
from perfcompare.runner.pinning import Placement
from perfcompare.runner.plan import Visit
from perfcompare.runner.visiting import Conditions, Surroundings, measure
from perfcompare.services.proxy import Proxy
from tests.perfcompare.factories import make_conditions
from tests.perfcompare.runner.conftest import SMALL

SURROUNDINGS = Surroundings(
    generator=generators["wrk"], placement=Placement(server=None, rest=None), services={}, all_known=False
)
BARE = Visit(round=1, cell=Cell(scenario="simple", stack="floor", server="uvicorn", concurrency=4))
READING = Visit(round=1, cell=Cell(scenario="user_detail", stack="fastapi", server="uvicorn", concurrency=4))
MIDDLE_S = 0.5

Strike = Callable[[Popen[bytes], Loaded], None]


@pytest.fixture
def conditions(tmp_path: Path) -> Conditions:
    return make_conditions(tmp_path, generator="wrk", dataset=SMALL)


@pytest.fixture
def strikes(monkeypatch: pytest.MonkeyPatch) -> Callable[[Strike], None]:
    """Sets what happens in the middle of the load."""
    wait = generating._wait

    def put(strike: Strike) -> None:
        def struck(process: Popen[bytes], server: Loaded, load: Load) -> None:
            time.sleep(MIDDLE_S)
            strike(process, server)
            wait(process, server, load)

        monkeypatch.setattr(generating, "_wait", struck)

    return put


def _kill_generator(process: Popen[bytes], _server: Loaded) -> None:
    os.kill(process.pid, signal.SIGKILL)


def _kill_wrk(process: Popen[bytes], _server: Loaded) -> None:
    (wrk,) = (one for one in procfs.tree(procfs.processes(), process.pid) if one.pid != process.pid)
    os.kill(wrk.pid, signal.SIGKILL)


def _kill_server(_process: Popen[bytes], server: Loaded) -> None:
    os.kill(server.pid, signal.SIGKILL)


@pytest.mark.parametrize("strike", [_kill_generator, _kill_wrk])
def test_a_killed_generator_gives_no_figure(
    conditions: Conditions, strikes: Callable[[Strike], None], strike: Strike
) -> None:
    strikes(strike)

    with pytest.raises(LoadError, match="generator"):
        measure(BARE, conditions, SURROUNDINGS)


def test_a_killed_server_gives_no_figure(conditions: Conditions, strikes: Callable[[Strike], None]) -> None:
    strikes(_kill_server)

    with pytest.raises(LoadError, match="server: it ended under load"):
        measure(BARE, conditions, SURROUNDINGS)


def test_a_database_that_goes_away_makes_no_valid_figure(
    conditions: Conditions, strikes: Callable[[Strike], None], database: Proxy
) -> None:
    strikes(lambda _process, _server: database.switch("down"))
    behind = replace(conditions, environ={**os.environ, "DATABASE_URL": database.url})

    reasons = _reasons(behind)

    assert {reason.partition(":")[0] for reason in reasons} & {"errors", "wrong answer", "server"}


def _reasons(conditions: Conditions) -> tuple[str, ...]:
    """Why there are no figures, or why they must not be used."""
    try:
        return measure(READING, conditions, SURROUNDINGS).invalid
    except PerfcompareError as error:
        return (str(error),)
