"""What dies in the middle of a block whose servers are loaded in turns: real servers, wrk, and a proxied PostgreSQL."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from perfcompare.runner.interleaving import Outcome, measure

from perfcompare.core.measurement import Measurement
from perfcompare.runner import interleaving, procfs
from perfcompare.runner.plan import Visit
from perfcompare.runner.visiting import Conditions
from perfcompare.services.proxy import Proxy
from tests.perfcompare.factories import make_conditions
from tests.perfcompare.runner.conftest import SMALL
from tests.perfcompare.runner.test_killed import BARE, READING, SURROUNDINGS

BOTH = (BARE, replace(BARE, cell=replace(BARE.cell, stack="floor~twin")))
READERS = (READING, replace(READING, cell=replace(READING.cell, stack="fastapi~twin")))
MIDDLE, LATER = 8, 12
"""Turns of the first server before something happens, and before it is over."""

Lane = interleaving._Lane
Strike = Callable[[Lane], None]
Strikes = Callable[[Mapping[int, Strike]], None]


@pytest.fixture
def conditions(tmp_path: Path) -> Conditions:
    return make_conditions(tmp_path, generator="wrk", dataset=SMALL, interleaved=True)


@pytest.fixture
def strikes(monkeypatch: pytest.MonkeyPatch) -> Strikes:
    """Sets what happens at which turn of the first server."""
    real = interleaving._turn

    def put(strikes: Mapping[int, Strike]) -> None:
        turns: list[Visit] = []

        def turn(lane: Lane) -> None:
            turns.append(lane.visit)
            if lane.visit == turns[0] and (strike := strikes.get(turns.count(lane.visit))):
                strike(lane)
            real(lane)

        monkeypatch.setattr(interleaving, "_turn", turn)

    return put


def _kill_generator(lane: Lane) -> None:
    os.kill(lane.generator.pid, signal.SIGKILL)


def _kill_wrk(lane: Lane) -> None:
    (wrk,) = (one for one in procfs.tree(procfs.processes(), lane.generator.pid) if one.pid != lane.generator.pid)
    os.kill(wrk.pid, signal.SIGKILL)


@pytest.mark.parametrize("strike", [_kill_generator, _kill_wrk])
def test_a_killed_generator_gives_no_figure_and_the_others_have_theirs(
    conditions: Conditions, strikes: Strikes, strike: Strike
) -> None:
    strikes({MIDDLE: strike})

    outcomes = measure(BOTH, conditions, SURROUNDINGS)

    assert _reasons(outcomes[BOTH[0]]) == {"generator"}
    assert isinstance(outcomes[BOTH[1]], Measurement)


def test_a_database_that_goes_away_makes_no_valid_figure(
    conditions: Conditions, strikes: Strikes, database: Proxy
) -> None:
    strikes({MIDDLE: lambda _lane: database.switch("down")})

    outcomes = measure(READERS, _behind(database, conditions), SURROUNDINGS)

    for visit in READERS:
        assert _reasons(outcomes[visit]) & {"errors", "wrong answer", "server"}


def test_a_database_that_comes_back_makes_no_valid_figure(
    conditions: Conditions, strikes: Strikes, database: Proxy
) -> None:
    strikes({MIDDLE: lambda _lane: database.switch("down"), LATER: lambda _lane: database.switch("pass")})

    outcomes = measure(READERS, _behind(database, conditions), SURROUNDINGS)

    for visit in READERS:
        assert "errors" in _reasons(outcomes[visit])


def _behind(database: Proxy, conditions: Conditions) -> Conditions:
    return replace(conditions, environ={**os.environ, "DATABASE_URL": database.url})


def _reasons(outcome: Outcome) -> set[str]:
    """Why there are no figures of it, or why they must not be used."""
    reasons = outcome.invalid if isinstance(outcome, Measurement) else (str(outcome),)
    return {reason.partition(":")[0] for reason in reasons}
