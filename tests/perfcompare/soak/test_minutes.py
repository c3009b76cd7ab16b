"""A short soak on a real server: faults are excused, wrong answers are not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest

from perfcompare.core.http import Expected, Reply
from perfcompare.core.scenario import Exchange
from perfcompare.runner.client import Client
from perfcompare.soak.faults import FAULTS
from perfcompare.soak.ground import Ground, served
from perfcompare.soak.minutes import Pace, minutes
from perfcompare.soak.traffic import Traffic
from perfcompare.targets.demonstration.laboratory import Laboratory
from tests.perfcompare.factories import make_target
from tests.perfcompare.runner.conftest import SMALL, bench  # noqa: F401 - a fixture

PACE = Pace(quiet_s=0.3, fault_s=0.6, recovery_s=1.5, clients=4)


@pytest.fixture(scope="module")
def ground(bench: Laboratory, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:  # noqa: F811
    target = make_target(SMALL, bench.environ, bench.restore)
    with served(target, "fastapi", "uvicorn", tmp_path_factory.mktemp("soak")) as opened:
        yield opened


def test_every_fault_has_its_minute_and_nothing_is_wrong_or_lost(ground: Ground) -> None:
    found = [one for (one,) in minutes([ground], count=len(FAULTS), pace=PACE, seed=1)]

    assert [one.fault for one in found] == list(FAULTS)
    assert [dict(one.seen.wrong) for one in found] == [{}] * len(FAULTS)
    assert [one.lost for one in found] == [0] * len(FAULTS)
    assert all(one.seen.right for one in found)
    assert any(one.seen.refused for one in found)
    assert [one.writing for one in found] == [False, True] * (len(FAULTS) // 2)
    assert all(one.seen.created for one in found if one.writing)


def test_a_wrong_answer_is_never_excused(ground: Ground) -> None:
    traffic = Traffic(ground.target, ground.server, ["simple"], clients=1, seed=1)
    traffic.excused = True
    exchange = next(ground.target.endpoint("simple").traffic(Random(1)))
    wrong = replace(exchange, expected=Expected(json={"message": "Bye"}))

    traffic._note("simple", wrong, _answer(ground, exchange), excused=True, took_s=2.04)

    ((said, number),) = traffic.seen.wrong.items()
    assert number == 1
    assert said.startswith("simple, after 2 s: $")


def test_without_a_fault_no_answer_is_wrong(ground: Ground) -> None:
    traffic = Traffic(ground.target, ground.server, ["simple"], clients=1, seed=1)
    exchange = next(ground.target.endpoint("simple").traffic(Random(1)))

    traffic._note("simple", exchange, ConnectionRefusedError(), excused=True, took_s=0.1)
    traffic._note("simple", exchange, ConnectionRefusedError(), excused=False, took_s=0.1)

    assert traffic.seen.unanswered == 1
    assert dict(traffic.seen.wrong) == {"simple, after 0 s: no answer (ConnectionRefusedError)": 1}


def _answer(ground: Ground, exchange: Exchange) -> Reply:
    return Client(ground.server.host, ground.server.port).send(exchange.request, ground.server.prefix)
