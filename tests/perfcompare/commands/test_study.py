from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from perfcompare.commands import study as command
from perfcompare.core.measurement import Measurement
from perfcompare.runner import laboratory, planted
from perfcompare.runner.execute import Conditions
from perfcompare.runner.plan import Visit
from tests.perfcompare.commands.conftest import Call
from tests.perfcompare.factories import make_failure, make_measurement

Machine = Callable[[float], list[int]]


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Machine:
    """A machine with the given noise on which a request costs 700 µs, and 1000 loops cost 10; its planted loops."""
    monkeypatch.setenv("PERFCOMPARE_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(laboratory, "prepare", lambda environ, _dataset: laboratory.Laboratory(environ=environ))
    loops: list[int] = []

    def make(noise: float) -> list[int]:
        random = Random(1)

        def execute(visits: Sequence[Visit], conditions: Conditions, _tell: Any) -> Iterator[Measurement]:
            loops.append(int(conditions.environ[planted.LOOPS]))
            for visit in visits:
                extra = loops[-1] / 100 if visit.cell.stack.endswith("~planted") else 0.0
                cost = (700.0 + extra) * random.gauss(1.0, noise)
                yield make_measurement(visit.cell, round=visit.round, cpu_us=cost)

        monkeypatch.setattr(command, "execute", execute)
        return loops

    return make


def test_a_steady_machine_holds_and_the_result_is_written(call: Call, machine: Machine, tmp_path: Path) -> None:
    loops = machine(0.005)

    outcome = call("study", "--comparisons", "20", "--rounds", "5", "--output", str(tmp_path / "study.md"))

    assert (outcome.code, outcome.err) == (0, "")
    assert loops[-1] == pytest.approx(3500, rel=0.2)
    text = (tmp_path / "study.md").read_text()
    assert "100 whole rounds of four visits" in text
    assert "the measuring holds" in text
    assert text.count("| same |") == text.count("| planted |") == 20


def test_a_noisy_machine_does_not_hold(call: Call, machine: Machine) -> None:
    machine(0.1)

    outcome = call("study", "--comparisons", "20", "--rounds", "5")

    assert outcome.code == 1
    assert "does not hold" in outcome.err


def test_a_visit_without_figures_ends_it(call: Call, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine(0.0)
    monkeypatch.setattr(command, "execute", lambda *_: iter([make_failure(reason="the server did not start")]))

    outcome = call("study", "--comparisons", "1")

    assert outcome.code == 1
    assert "the server did not start" in outcome.err
