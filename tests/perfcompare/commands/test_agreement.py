from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from perfcompare.commands import agreement as command
from perfcompare.core.measurement import Measurement
from perfcompare.core.statistics import Interval
from perfcompare.report.data.agreements import agree, verdict
from perfcompare.runner import generation
from perfcompare.runner.execution import Conditions
from perfcompare.runner.plan import PlannedTrial
from perfcompare.targets.demonstration import laboratory
from tests.perfcompare.commands.conftest import Call
from tests.perfcompare.factories import make_failure, make_measurement, objection

Costs = dict[str, float]


@pytest.fixture
def costs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Costs:
    """What a request costs as each generator sees it; the order of the trials is kept under `order`."""
    found: Costs = {"wrk": 700.0, "locust": 710.0}
    spoiled_rounds = {4: (objection("steal", "made up."),)}

    def execute(trials: Sequence[PlannedTrial], conditions: Conditions, _tell: Any) -> Iterator[Measurement]:
        (trial,) = trials
        cpu_us, objections = found[conditions.generator] + trial.round, spoiled_rounds.get(trial.round, ())
        yield make_measurement(trial.cell, round=trial.round, cpu_us=cpu_us, objections=objections)

    monkeypatch.setenv("PERFCOMPARE_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(
        laboratory, "prepare", lambda environ, dataset, **_: laboratory.Laboratory(environ=environ, dataset=dataset)
    )
    monkeypatch.setattr(generation, "find", lambda _generator: "found")
    monkeypatch.setattr(command, "execute", execute)
    return found


def test_generators_that_see_the_same_agree(call: Call, costs: Costs) -> None:
    outcome = call("agreement", "--rounds", "3")

    assert (outcome.code, outcome.err) == (0, "")
    assert "they agree within 5%" in outcome.out
    assert [line.split(":")[0] for line in outcome.out.splitlines()[:4]] == [
        "round 1, wrk",
        "round 1, locust",
        "round 2, locust",
        "round 2, wrk",
    ]


def test_generators_that_see_different_costs_disagree(call: Call, costs: Costs) -> None:
    costs["locust"] = 900.0

    outcome = call("agreement", "--rounds", "3")

    assert outcome.code == 1
    assert "they do not agree" in outcome.out


def test_a_round_with_an_invalid_trial_takes_no_part(call: Call, costs: Costs) -> None:
    outcome = call("agreement", "--rounds", "4")

    assert "against it: steal: made up." in outcome.out
    assert "median of 3 valid rounds" in outcome.out


def test_a_wide_interval_is_no_agreement() -> None:
    said = [verdict(Interval(low=low, middle=1.0, high=high)) for low, high in ((0.96, 1.04), (0.9, 1.2), (1.06, 1.2))]

    assert ["they agree" in one for one in said] == [True, False, False]
    assert ["is wide" in one for one in said] == [False, True, False]
    assert ["do not agree" in one for one in said] == [False, False, True]


def test_two_rounds_are_too_few_and_one_generator_too(call: Call, costs: Costs) -> None:
    assert call("agreement", "--rounds", "2").code == 1
    assert call("agreement", "--generators", "wrk").code == 2


def test_a_trial_without_figures_ends_it(call: Call, costs: Costs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "execute", lambda *_: iter([make_failure(reason="died")]))

    outcome = call("agreement")

    assert outcome.code == 1
    assert "died" in outcome.err


def test_intervals_that_reach_into_the_tolerance_agree() -> None:
    assert agree(Interval(low=1.04, middle=1.10, high=1.2))
    assert not agree(Interval(low=1.06, middle=1.10, high=1.2))
    assert not agree(Interval(low=0.8, middle=0.9, high=0.94))
