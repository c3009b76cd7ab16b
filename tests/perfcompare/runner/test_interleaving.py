from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from perfcompare.core.errors import PerfcompareError, WrongAnswerError
from perfcompare.core.generator import Generator, Load, LoadResult
from perfcompare.core.measurement import Cell, Measurement
from perfcompare.registries import scenarios
from perfcompare.runner import interleaving, visiting
from perfcompare.runner.interleaving import blocks, measure
from perfcompare.runner.pinning import Placement
from perfcompare.runner.plan import Visit
from perfcompare.runner.visiting import Conditions, Surroundings
from tests.perfcompare.factories import DRF, FASTAPI, make_conditions, make_load

FLOOR = Cell(scenario="simple", stack="floor", server="uvicorn", concurrency=1)
VISITS = (Visit(round=1, cell=FLOOR), Visit(round=1, cell=replace(FLOOR, stack="floor~twin")))
LOAD = """
import http.client, sys, time
from perfcompare.core import barrier
host, port, path, seconds = sys.argv[1], int(sys.argv[2]), sys.argv[3], float(sys.argv[4])
barrier.wait()
began, answers = time.monotonic(), 0
connection = http.client.HTTPConnection(host, port)
while time.monotonic() - began < seconds:
    connection.request("GET", path)
    connection.getresponse().read()
    answers += 1
print(began, time.monotonic(), answers)
"""


def _command(load: Load) -> list[str]:
    return [sys.executable, "-c", LOAD, load.host, str(load.port), f"{load.prefix}simple", str(load.seconds)]


def _parse(_load: Load, output: str) -> LoadResult:
    started_s, ended_s, answers = output.split()
    return make_load(answers=int(answers), started_s=float(started_s), ended_s=float(ended_s))


@pytest.fixture
def conditions(tmp_path: Path) -> Conditions:
    return make_conditions(tmp_path, warmup_s=0.5, interleaved=True)


def surroundings(text: str = LOAD) -> Surroundings:
    generator = Generator(
        label="Made up",
        program="python",
        command=lambda load: [sys.executable, "-c", text, *_command(load)[3:]],
        parse=_parse,
        installation="",
    )
    return Surroundings(generator=generator, placement=Placement(server=None, rest=None), services={}, all_known=False)


def test_a_block_is_a_scenario_and_a_concurrency_of_a_round() -> None:
    other = replace(FASTAPI, scenario="items")
    visits = [Visit(round=number, cell=cell) for number in (1, 2) for cell in (FASTAPI, other, DRF)]

    found = [(block[0].round, [visit.cell for visit in block]) for block in blocks(visits)]

    assert found == [(1, [FASTAPI, DRF]), (1, [other]), (2, [FASTAPI, DRF]), (2, [other])]


def test_servers_that_live_together_have_their_costs_but_no_latency_and_no_memory(conditions: Conditions) -> None:
    outcomes = measure(VISITS, conditions, surroundings())

    assert list(outcomes) == list(VISITS)
    for found in outcomes.values():
        assert isinstance(found, Measurement)
        assert found.server_cpu_us is not None
        assert found.server_cpu_us > 0
        assert found.load.latency is None
        assert found.usage is not None
        assert (found.usage.pss_idle_kib, found.usage.pss_peak_kib) == (None, None)
        assert not {reason.partition(":")[0] for reason in found.invalid} & {"other server", "unsteady", "ended"}


def test_in_its_turn_a_server_is_alone(conditions: Conditions) -> None:
    first, second = _measured(measure(VISITS, conditions, surroundings()))

    whole_s = 2 * conditions.seconds  # the window of each generator: its own turns and the other's
    assert first.seconds + second.seconds < 1.2 * whole_s
    assert min(first.load.answers, second.load.answers) > 0


def test_a_stack_that_answers_wrongly_is_left_out_and_the_others_are_measured(
    conditions: Conditions, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = visiting.prepare

    def prepare(server: object, visit: Visit, *rest: object, **more: object) -> object:
        if visit.cell.stack == "floor":
            raise WrongAnswerError("status 500")
        return real(server, visit, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(visiting, "prepare", prepare)

    outcomes = measure(VISITS, conditions, surroundings())

    assert isinstance(outcomes[VISITS[0]], WrongAnswerError)
    (found,) = _measured(outcomes)
    assert found.cell == VISITS[1].cell
    assert not [reason for reason in found.invalid if reason.startswith("other server")]  # the refused one has ended


def test_a_generator_that_fails_gives_no_figures(conditions: Conditions) -> None:
    outcomes = measure(VISITS, conditions, surroundings("raise SystemExit('too weak')"))

    assert all("ended with status 1" in str(one) for one in outcomes.values())


def test_a_server_that_ends_under_load_gives_no_figures(
    conditions: Conditions, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = interleaving._turn

    def turn(lane: interleaving._Lane) -> None:
        if lane.visit == VISITS[0]:
            os.kill(lane.server.pid, 9)
        real(lane)

    monkeypatch.setattr(interleaving, "_turn", turn)

    outcomes = measure(VISITS, conditions, surroundings())

    assert isinstance(outcomes[VISITS[0]], PerfcompareError)
    assert isinstance(outcomes[VISITS[1]], Measurement)


def test_what_writes_is_restored_before_and_after_and_asked_with_other_requests(
    conditions: Conditions, monkeypatch: pytest.MonkeyPatch
) -> None:
    restored: list[None] = []
    writing = {name: replace(scenario, writes=True) for name, scenario in scenarios.items()}
    for module in (interleaving, visiting):
        monkeypatch.setattr(f"{module.__name__}.scenarios", writing)
    seeds: list[int] = []
    found = surroundings()

    def command(load: Load) -> list[str]:
        seeds.append(load.seed)
        return _command(load)

    noting = replace(found.generator, command=command)

    measure(VISITS, replace(conditions, restore=lambda: restored.append(None)), replace(found, generator=noting))

    assert len(restored) == 4
    assert len(set(seeds)) == 2


def _measured(outcomes: Mapping[Visit, object]) -> list[Measurement]:
    return [one for one in outcomes.values() if isinstance(one, Measurement)]
