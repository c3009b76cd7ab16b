"""What dies in the middle of a round in turns: real servers, one of their workers, and PostgreSQL behind a proxy."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

import psutil
import pytest

from perfcompare.core.measurement import Anchor, Cell, Measurement
from perfcompare.core.objection import Figure
from perfcompare.core.target import Program
from perfcompare.runner import execution
from perfcompare.runner.pinning import Placement
from perfcompare.runner.plan import PlannedTrial
from perfcompare.runner.rates import SHARE, Rates
from perfcompare.runner.sender import Batch, Ready, Sender
from perfcompare.runner.trial import Conditions, Surroundings
from perfcompare.runner.turns import Outcome, measure
from perfcompare.runner.turns.block import TURN_S, Block
from perfcompare.runner.turns.load import Load
from perfcompare.services.proxy import Proxy
from perfcompare.targets.demonstration.laboratory import Laboratory
from perfcompare.targets.demonstration.target import Demonstration
from tests.perfcompare.factories import make_conditions, make_target
from tests.perfcompare.runner.conftest import SMALL
from tests.perfcompare.runner.test_killed import BARE, READING, SURROUNDINGS

BOTH = (BARE, replace(BARE, cell=replace(BARE.cell, stack="floor~twin")))
READERS = (READING, replace(READING, cell=replace(READING.cell, stack="fastapi~twin")))
WORKING = PlannedTrial(round=1, cell=Cell(scenario="simple", stack="drf", server="gunicorn_gthread", concurrency=4))
CACHED = PlannedTrial(
    round=1, cell=Cell(scenario="cached_users", stack="drf_tuned", server="granian_wsgi", concurrency=4)
)
MIDDLE, LATER = 2, 3
"""Turns of the first trial; there are three at least."""

Strike = Callable[[Load], None]
Strikes = Callable[[Mapping[int, Strike], PlannedTrial], None]


@pytest.fixture
def conditions(state: Path, tmp_path: Path) -> Conditions:
    return make_conditions(tmp_path, target=make_target(SMALL), in_turns=True, seconds=0.5, warmup_s=0.2)


@pytest.fixture
def strikes(monkeypatch: pytest.MonkeyPatch) -> Strikes:
    """Sets what happens in which turn of a trial, while requests are under way."""
    real = Block._turn

    def put(strikes: Mapping[int, Strike], target: PlannedTrial) -> None:
        seen: list[PlannedTrial] = []

        def turn(block: Block, load: Load, send: Callable[[], object]) -> None:
            seen.append(load.trial.planned)
            strike = strikes.get(seen.count(target)) if load.trial.planned == target else None
            if strike is None:
                real(block, load, send)  # type: ignore[arg-type]
                return
            load.requests = struck(load.requests, load, strike)
            real(block, load, lambda: load.sender.closed(load.requests, seconds=TURN_S))

        monkeypatch.setattr(Block, "_turn", turn)

    def struck(requests: Iterator[Ready], load: Load, strike: Strike) -> Iterator[Ready]:
        """The requests, and the strike as soon as each connection has one under way."""
        yield from islice(requests, load.trial.planned.cell.concurrency)
        strike(load)
        yield from requests

    return put


def outcomes(visits: tuple[PlannedTrial, ...], conditions: Conditions) -> dict[Cell, Outcome]:
    found = measure(visits, conditions, SURROUNDINGS, Rates())
    return {planned.cell: outcome for block in found for planned, outcome in block.items()}


def codes(outcome: Outcome) -> set[str]:
    """Why there are no figures of it, or why its cost must not be used."""
    if isinstance(outcome, Measurement):
        return {one.code for one in outcome.objections if Figure.COST in one.figures}
    return {str(outcome).partition(":")[0]}


def _kill_server(load: Load) -> None:
    os.kill(load.lane.process.pid, signal.SIGKILL)


def _kill_worker(load: Load) -> None:
    psutil.Process(load.lane.process.pid).children()[0].kill()


def test_r5_a_killed_server_has_no_figures_in_the_rest_of_its_round_and_the_others_have_theirs(
    conditions: Conditions, strikes: Strikes
) -> None:
    strikes({MIDDLE: _kill_server}, BOTH[0])
    paced = tuple(replace(one, cell=replace(one.cell, share=SHARE, anchor=Anchor.SLOWEST)) for one in BOTH)
    later = tuple(replace(one, cell=replace(one.cell, concurrency=2)) for one in BOTH)

    found = outcomes((*BOTH, *paced, *later), conditions)

    for dead in (BOTH[0], paced[0], later[0]):
        assert str(found[dead.cell]).startswith("server: it ended under load."), found[dead.cell]
    for alive in (BOTH[1], paced[1], later[1]):
        assert isinstance(found[alive.cell], Measurement), found[alive.cell]
    assert codes(found[BOTH[1].cell]) == set()


def test_a_server_that_ends_in_a_window_has_no_figures_at_all(
    conditions: Conditions, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Sender.open

    def struck(sender: Sender, requests: Iterator[Ready], *, rate: float, seconds: float) -> Batch:
        for child in psutil.Process().children():
            if "uvicorn" in " ".join(child.cmdline()):
                child.kill()
        return real(sender, requests, rate=rate, seconds=seconds)

    monkeypatch.setattr(Sender, "open", struck)
    paced = replace(BARE, cell=replace(BARE.cell, share=SHARE, anchor=Anchor.SLOWEST))

    found = outcomes((BARE, paced), conditions)

    for planned in (BARE, paced):
        assert str(found[planned.cell]).startswith("server: it ended under load."), found[planned.cell]


def test_what_a_killed_server_answered_is_no_peak_of_the_slowest_stack(
    conditions: Conditions, strikes: Strikes
) -> None:
    strikes({MIDDLE: _kill_server}, BOTH[0])
    paced = replace(BOTH[1], cell=replace(BOTH[1].cell, share=SHARE, anchor=Anchor.SLOWEST))

    found = outcomes((*BOTH, paced), conditions)

    alone, at_rate = found[BOTH[1].cell], found[paced.cell]
    assert isinstance(alone, Measurement)
    assert isinstance(at_rate, Measurement)
    assert at_rate.rate == pytest.approx(SHARE / 100 * alone.goodput, rel=0.06)  # to two digits


def test_r5_a_killed_worker_makes_no_valid_cost(conditions: Conditions, strikes: Strikes) -> None:
    """The cost of its successor's start is in its server's."""
    strikes({MIDDLE: _kill_worker}, WORKING)

    found = outcomes((WORKING, BOTH[0]), replace(conditions, workers=2))

    assert "ended" in codes(found[WORKING.cell])
    assert codes(found[BOTH[0].cell]) == set()


def test_r7_a_database_that_goes_away_makes_no_valid_cost(
    conditions: Conditions, strikes: Strikes, database: Proxy
) -> None:
    strikes({MIDDLE: lambda _load: database.switch("down")}, READERS[0])

    found = outcomes(READERS, _behind(database, conditions))

    for planned in READERS:
        assert codes(found[planned.cell]) & {"errors", "wrong answer", "server"}


def test_a_database_that_comes_back_makes_no_valid_cost(
    conditions: Conditions, strikes: Strikes, database: Proxy
) -> None:
    down, up = (lambda _load: database.switch("down")), (lambda _load: database.switch("pass"))
    strikes({MIDDLE: down, LATER: up}, READERS[0])

    found = outcomes(READERS, _behind(database, conditions))

    assert "errors" in codes(found[READERS[0].cell])


@dataclass(frozen=True, kw_only=True)
class _Cut(Demonstration):
    """Its servers reach Redis through a proxy; whoever asks whether Redis is alive does not."""

    cache: Proxy

    def program(self, stack: str, server: str, *, told: Mapping[str, str] | None = None, **more: Any) -> Program:
        return super().program(stack, server, told={**(told or {}), "REDIS_URL": self.cache.url}, **more)


def test_a_tuned_stack_that_has_lost_its_cache_between_trials_makes_no_valid_figure(
    conditions: Conditions, bench: Laboratory
) -> None:
    around = Surroundings(placement=Placement(server=None, rest=None), services={}, all_known=False)
    with Proxy(bench.environ["REDIS_URL"]) as cache:
        cut = _Cut(environ={**os.environ, **bench.environ}, data=SMALL, restoring=bench.restore, cache=cache)
        conditions = replace(conditions, target=cut)
        execution._count([CACHED], conditions, around, lambda _event: None)
        ((whole,),) = (found.values() for found in measure([CACHED], conditions, around, Rates()))
        cache.switch("down")
        ((without,),) = (found.values() for found in measure([replace(CACHED, round=2)], conditions, around, Rates()))

    assert codes(whole) == set()
    assert isinstance(without, Measurement)
    (said,) = (one.sentence for one in without.objections if one.code == "changed work")
    assert said.startswith("before the load: a request asks nothing of the cache and something of the database.")
    assert without.load.errors == 0


def _behind(database: Proxy, conditions: Conditions) -> Conditions:
    return replace(conditions, target=make_target(SMALL, {**os.environ, "DATABASE_URL": database.url}))
