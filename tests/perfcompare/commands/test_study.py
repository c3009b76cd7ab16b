from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from perfcompare.core.errors import Interrupted
from perfcompare.core.measurement import Failure, FailureKind, Measurement
from perfcompare.core.objection import Figure
from perfcompare.registries import scenarios
from perfcompare.runner import environment
from perfcompare.runner.execution import Conditions
from perfcompare.runner.plan import PlannedTrial
from perfcompare.study import execution
from perfcompare.targets.demonstration import laboratory, slowed
from tests.perfcompare.commands.conftest import Call
from tests.perfcompare.factories import FASTAPI, make_failure, make_measurement, objection

Machine = Callable[[float], list[int]]


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Machine:
    """A machine with the given noise on which a request costs 700 µs, and 1000 loops cost 10; its injected loops.

    Every call of execute adds to them, the calibration's first.
    """
    monkeypatch.setenv("PERFCOMPARE_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(
        laboratory, "prepare", lambda environ, dataset, **_: laboratory.Laboratory(environ=environ, dataset=dataset)
    )
    monkeypatch.setattr(slowed, "loop_ns", lambda: 10.0)
    loops: list[int] = []

    def make(noise: float) -> list[int]:
        random = Random(1)

        def execute(trials: Sequence[PlannedTrial], conditions: Conditions, _tell: Any) -> Iterator[Measurement]:
            loops.append(int(conditions.target.environ[slowed.LOOPS]))
            for trial in trials:
                extra = loops[-1] / 100 if trial.cell.stack.endswith("~slowed") else 0.0
                cost = (700.0 + extra) * random.gauss(1.0, noise)
                yield make_measurement(trial.cell, round=trial.round, cpu_us=cost)

        monkeypatch.setattr(execution, "execute", execute)
        return loops

    return make


def test_a_steady_machine_holds_and_the_result_is_written(call: Call, machine: Machine, tmp_path: Path) -> None:
    loops = machine(0.005)

    outcome = call("study", "--comparisons", "20", "--rounds", "5", "--output", str(tmp_path / "study.md"))

    assert (outcome.code, outcome.err) == (0, "")
    assert loops[-1] == pytest.approx(3500, rel=0.2)
    text = (tmp_path / "study.md").read_text()
    assert "100 whole rounds of four trials" in text
    assert "the measuring holds" in text
    assert text.count("| same |") == text.count("| slowed |") == 20


def test_the_former_name_of_the_slowdown_still_works(call: Call, machine: Machine) -> None:
    loops = machine(0.0)

    outcome = call("study", "--comparisons", "1", "--rounds", "3", "--planted", "10")

    assert (outcome.code, outcome.err) == (0, "")
    assert loops[-1] == pytest.approx(7000, rel=0.01)


def test_a_noisy_machine_does_not_hold(call: Call, machine: Machine) -> None:
    machine(0.1)

    outcome = call("study", "--comparisons", "20", "--rounds", "5")

    assert outcome.code == 1
    assert "does not hold" in outcome.err


def test_trials_that_never_give_figures_end_it(call: Call, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine(0.0)
    real = vars(execution)["execute"]

    def execute(trials: Sequence[PlannedTrial], conditions: Conditions, tell: Any) -> Iterator[Measurement | Failure]:
        for outcome in real(trials, conditions, tell):
            failing = outcome.cell.stack == "fastapi~twin"
            yield make_failure(outcome.cell, round=outcome.round, reason="it broke") if failing else outcome

    monkeypatch.setattr(execution, "execute", execute)

    outcome = call("study", "--comparisons", "1", "--rounds", "3")

    assert outcome.code == 1
    assert "9 trials gave no figures. The last: it broke" in outcome.err


def test_a_round_with_a_trial_without_figures_is_made_again(
    call: Call, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine(0.0)
    real, broken = vars(execution)["execute"], [True]

    def execute(trials: Sequence[PlannedTrial], conditions: Conditions, tell: Any) -> Iterator[Measurement | Failure]:
        for outcome in real(trials, conditions, tell):
            if outcome.cell.stack == "fastapi~twin" and outcome.round == 2 and broken:
                broken.pop()
                yield make_failure(outcome.cell, round=2)
            else:
                yield outcome

    monkeypatch.setattr(execution, "execute", execute)

    outcome = call("study", "--comparisons", "1", "--rounds", "3")

    assert (outcome.code, outcome.err) == (0, "")
    assert "3 whole rounds of four trials" in outcome.out
    assert "gave no figures and were repeated: 1." in outcome.out


def test_a_wrong_answer_ends_it_at_once(call: Call, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine(0.0)
    outcomes = iter(
        [
            make_measurement(FASTAPI, cpu_us=700.0),
            make_failure(reason="wrong answer: 404", kind=FailureKind.WRONG_ANSWER),
        ]
    )
    monkeypatch.setattr(execution, "execute", lambda *_: outcomes)
    monkeypatch.setattr(execution, "_calibrated", lambda _bench: 1)
    monkeypatch.setattr(execution, "_cells", lambda _options: {FASTAPI: "original"})

    outcome = call("study", "--comparisons", "1")

    assert outcome.code == 3
    assert "wrong answer: 404" in outcome.err


def test_an_interrupted_study_goes_on_where_it_was_and_a_finished_one_begins_anew(
    call: Call, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    loops = machine(0.001)
    real = vars(execution)["execute"]
    made: list[int] = []

    def execute(trials: Sequence[PlannedTrial], conditions: Conditions, tell: Any) -> Iterator[Measurement | Failure]:
        made.append(0)
        for outcome in real(trials, conditions, tell):
            if len(made) == 3 and made[-1] == 6:
                raise Interrupted(2)
            made[-1] += 1
            yield outcome

    monkeypatch.setattr(execution, "execute", execute)

    interrupted = call("study", "--comparisons", "1", "--rounds", "3")
    monkeypatch.setattr(environment, "_commit", lambda _root: {"commit": "abc", "dirty": True})
    resumed = call("study", "--comparisons", "1", "--rounds", "3")
    other = call("study", "--comparisons", "1", "--rounds", "3")

    assert interrupted.code == 128 + 2
    assert "1 of 3 rounds are stored" in resumed.out
    assert "3 whole rounds of four trials" in resumed.out
    assert ", then abc with changes." in resumed.out
    assert "The same command continues" in other.out
    assert made == [3, 24, 6, 8, 3, 24, 12]  # cost, trial, study, broken rounds; cost, trial, study
    assert len(set(loops[2:4])) == 1


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ((), (True, "in turns", scenarios["simple"].connections)),
        (("--sequential", "--generator", "locust", "--concurrency", "8"), (False, "locust", 8)),
    ],
)
def test_it_is_made_in_turns_unless_told_otherwise(
    call: Call,
    machine: Machine,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    kept: tuple[bool, str, int],
) -> None:
    machine(0.0)
    real, asked = vars(execution)["execute"], list[tuple[bool, str, int]]()

    def execute(trials: Sequence[PlannedTrial], conditions: Conditions, tell: Any) -> Iterator[Measurement]:
        asked.append((conditions.in_turns, conditions.generator, trials[0].cell.concurrency))
        yield from real(trials, conditions, tell)

    monkeypatch.setattr(execution, "execute", execute)

    outcome = call("study", "--scenario", "simple", "--comparisons", "1", "--rounds", "3", *words)

    assert (outcome.code, outcome.err) == (0, "")
    assert set(asked) == {kept}


def test_in_turns_there_is_no_generator_to_choose(call: Call) -> None:
    outcome = call("study", "--generator", "locust")

    assert outcome.code == 2
    assert "add --sequential" in outcome.err


def test_what_is_against_a_cost_is_told_and_what_is_against_latencies_is_not(
    call: Call, machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine(0.0)
    real = vars(execution)["execute"]
    against = (objection("steal", figures={Figure.LATENCY}), objection("accounting", figures={Figure.COST}))

    def execute(trials: Sequence[PlannedTrial], conditions: Conditions, tell: Any) -> Iterator[Measurement]:
        for outcome in real(trials, conditions, tell):
            yield replace(outcome, objections=against)

    monkeypatch.setattr(execution, "execute", execute)

    outcome = call("study", "--comparisons", "1", "--rounds", "3")

    assert "accounting" in outcome.out
    assert "steal" not in outcome.out


def test_so_few_rounds_that_nothing_can_be_said_are_refused(call: Call) -> None:
    outcome = call("study", "--rounds", "2")

    assert outcome.code == 2
    assert "at least 3 rounds" in outcome.err
