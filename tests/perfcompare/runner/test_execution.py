from __future__ import annotations

import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from perfcompare.core.errors import Interrupted, PerfcompareError, WrongAnswerError
from perfcompare.core.generator import Generator
from perfcompare.core.measurement import Anchor, Cell, Failure, Measurement
from perfcompare.plugins import generators
from perfcompare.runner import turns
from perfcompare.runner.events import Began, Event, Notice, TrialBegan, TrialEnded
from perfcompare.runner.execution import execute
from perfcompare.runner.pinning import Placement
from perfcompare.runner.plan import PlannedTrial
from perfcompare.runner.rates import Rates
from perfcompare.runner.trial import Conditions, Surroundings, Trial
from perfcompare.runner.work_counter import WorkCounter
from tests.perfcompare.factories import DRF, FASTAPI, ONE, make_conditions, make_measurement, make_target, objection

WRITING = Cell(scenario="user_create", stack="drf", server="gunicorn_gthread", concurrency=1)
MODULE = "perfcompare.runner.execution"


class Counter(WorkCounter):
    """Counts nothing; knows what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[list[Cell]] = []

    def count(self, cells: Iterable[Cell], *_words: object, **_more: object) -> None:
        self.asked.append(list(cells))


class Laboratory:
    """A run whose trials do what they are told, and what it did besides."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.events: list[Event] = []
        self.restored = 0
        self.ended = 0
        self.leftovers: list[str] = []
        self.visited: list[Cell] = []
        self.asked: list[tuple[str, float | None]] = []
        self.rounds: list[list[Cell]] = []
        """In turns, what was asked of each."""
        self.rates: list[Rates] = []
        self.do: Callable[[PlannedTrial], Measurement] = lambda planned: make_measurement(
            planned.cell, round=planned.round
        )
        self.counter = Counter()
        surroundings = Surroundings(
            placement=Placement(server=None, rest=None), services={}, all_known=True, counter=self.counter
        )
        monkeypatch.setattr(f"{MODULE}._surroundings", lambda _conditions: surroundings)
        monkeypatch.setattr(f"{MODULE}.find", lambda generator: generator.program)
        monkeypatch.setattr(f"{MODULE}.sequential.measure", self._measure)
        monkeypatch.setattr(f"{MODULE}.turns.measure", self._measure_in_turns)
        monkeypatch.setattr(f"{MODULE}.orphans.end_all", self._end_all)
        self._folder = folder

    def run(self, *cells: Cell, rounds: int = 1, **more: Any) -> list[Measurement | Failure]:
        visits = [PlannedTrial(round=number, cell=cell) for number in range(1, rounds + 1) for cell in cells]
        conditions = make_conditions(
            self._folder,
            generator="wrk",
            target=make_target(ONE, {"DATABASE_URL": "postgres://made.up"}, self._restore),
            seconds=2.0,
            **more,
        )
        return list(execute(visits, conditions, self.events.append))

    def _measure(self, trial: Trial, generator: Generator) -> Measurement:
        assert generator is generators[trial.conditions.generator]
        self.asked.append((trial.conditions.generator, trial.planned.rate))
        self.visited.append(trial.planned.cell)
        return self.do(trial.planned)

    def _measure_in_turns(
        self, visits: Sequence[PlannedTrial], _conditions: Conditions, _surroundings: Surroundings, rates: Rates
    ) -> Iterator[Mapping[PlannedTrial, turns.Outcome]]:
        self.rounds.append([planned.cell for planned in visits])
        self.rates.append(rates)
        for block in turns.blocks(visits):
            yield {planned: self._tried(planned) for planned in block}

    def _tried(self, planned: PlannedTrial) -> turns.Outcome:
        self.visited.append(planned.cell)
        try:
            return self.do(planned)
        except Interrupted:
            raise
        except PerfcompareError as error:
            return error

    def _restore(self) -> None:
        self.restored += 1

    def _end_all(self) -> list[str]:
        self.ended += 1
        return self.leftovers


@pytest.fixture
def laboratory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Laboratory:
    return Laboratory(monkeypatch, tmp_path)


def _fail(error: PerfcompareError) -> Callable[[PlannedTrial], Measurement]:
    def do(_visit: PlannedTrial) -> Measurement:
        raise error

    return do


def test_every_trial_has_its_outcome_and_is_told(laboratory: Laboratory) -> None:
    outcomes = laboratory.run(DRF, FASTAPI)

    assert [one.cell for one in outcomes] == [DRF, FASTAPI]
    assert [type(event) for event in laboratory.events] == [Began, *[TrialBegan, TrialEnded] * 2]


def test_a_trial_without_figures_is_a_failure_and_the_run_goes_on(laboratory: Laboratory) -> None:
    laboratory.do = _fail(PerfcompareError("the server did not start"))

    outcomes = laboratory.run(DRF, FASTAPI)

    assert [isinstance(one, Failure) and one.reason for one in outcomes] == ["the server did not start"] * 2


def test_a_stack_that_answers_wrongly_is_not_visited_again(laboratory: Laboratory) -> None:
    laboratory.do = _fail(WrongAnswerError("status 500"))

    outcomes = laboratory.run(DRF, rounds=3)

    assert laboratory.visited == [DRF]
    assert [isinstance(one, Failure) and one.reason for one in outcomes] == ["wrong answer: status 500"] * 3


def test_an_interruption_ends_the_run_and_leaves_nothing(laboratory: Laboratory) -> None:
    laboratory.do = _fail(Interrupted(signal.SIGTERM))

    with pytest.raises(Interrupted):
        laboratory.run(WRITING, FASTAPI)

    assert laboratory.visited == [WRITING]
    assert laboratory.restored == 1
    assert laboratory.ended == 2  # at the start, and at the end


def test_the_database_is_restored_after_what_writes_alone(laboratory: Laboratory) -> None:
    laboratory.run(DRF, WRITING)

    assert laboratory.restored == 1


def test_what_a_killed_run_left_behind_is_told(laboratory: Laboratory) -> None:
    laboratory.leftovers = ["gunicorn (process 7)"]

    laboratory.run()

    assert laboratory.events[0] == Notice(text="Ended what a killed run had left behind: gunicorn (process 7)")


def test_a_fixed_rate_is_the_share_of_the_median_peak_and_sent_by_a_generator_that_can(laboratory: Laboratory) -> None:
    answers = iter([1000, 3000, 1400, 100])  # in 2 s
    laboratory.do = lambda planned: make_measurement(planned.cell, round=planned.round, load={"answers": next(answers)})

    laboratory.run(DRF, DRF, DRF, replace(DRF, share=75))

    assert laboratory.asked == [*[("wrk", None)] * 3, ("locust", 700 * 0.75)]


def test_without_a_valid_peak_there_is_no_fixed_rate(laboratory: Laboratory) -> None:
    laboratory.do = lambda planned: make_measurement(planned.cell, objections=(objection("steal", "much"),))

    *_, outcome = laboratory.run(DRF, replace(DRF, share=75))

    assert isinstance(outcome, Failure)
    assert outcome.reason == "rate: it is a share of a peak, and no valid trial in a closed loop has shown the peak."


def test_a_second_instrument_shows_no_peak(laboratory: Laboratory) -> None:
    *_, outcome = laboratory.run(replace(DRF, instrument="locust"), replace(DRF, share=75))

    assert laboratory.asked == [("locust", None)]
    assert isinstance(outcome, Failure)


def test_in_turns_a_round_is_measured_at_once_and_each_trial_is_told(laboratory: Laboratory) -> None:
    items = replace(DRF, scenario="items")

    outcomes = laboratory.run(DRF, FASTAPI, items, rounds=2, in_turns=True)

    assert laboratory.rounds == [[DRF, FASTAPI, items]] * 2
    assert [(one.round, one.cell) for one in outcomes] == [
        (number, cell) for number in (1, 2) for cell in (DRF, FASTAPI, items)
    ]
    told = [event for event in laboratory.events if not isinstance(event, Notice)]
    assert [type(event) for event in told] == [Began, *[TrialBegan, TrialEnded] * 6]
    assert [event.number for event in told if isinstance(event, TrialEnded)] == [1, 2, 3, 4, 5, 6]


def test_in_turns_a_stack_that_answers_wrongly_is_not_asked_in_later_rounds(laboratory: Laboratory) -> None:
    def do(planned: PlannedTrial) -> Measurement:
        if planned.cell == DRF:
            raise WrongAnswerError("status 500")
        return make_measurement(planned.cell, round=planned.round)

    laboratory.do = do

    outcomes = laboratory.run(DRF, FASTAPI, rounds=2, in_turns=True)

    assert laboratory.rounds == [[DRF, FASTAPI], [FASTAPI]]
    assert [isinstance(one, Failure) and one.reason for one in outcomes] == ["wrong answer: status 500", False] * 2
    assert [event.number for event in laboratory.events if isinstance(event, TrialEnded)] == [1, 2, 3, 4]


@pytest.mark.parametrize("in_turns", [False, True])
def test_a_reference_that_answers_one_scenario_wrongly_is_asked_the_others(
    laboratory: Laboratory, in_turns: bool
) -> None:
    def do(planned: PlannedTrial) -> Measurement:
        if planned.cell == DRF:
            raise WrongAnswerError("throttled")
        return make_measurement(planned.cell, round=planned.round)

    laboratory.do = do

    outcomes = laboratory.run(
        DRF, replace(DRF, scenario="items"), rounds=2, in_turns=in_turns, references=frozenset({DRF.stack})
    )

    assert [isinstance(one, Failure) and one.reason for one in outcomes] == ["wrong answer: throttled", False] * 2


def test_in_turns_what_fails_once_is_asked_again_in_the_next_round(laboratory: Laboratory) -> None:
    laboratory.do = _fail(PerfcompareError("server: it ended under load."))

    outcomes = laboratory.run(DRF, rounds=2, in_turns=True)

    assert laboratory.rounds == [[DRF]] * 2
    assert [isinstance(one, Failure) and one.reason for one in outcomes] == ["server: it ended under load."] * 2


def test_in_turns_all_rounds_note_their_rates_in_one_place(laboratory: Laboratory) -> None:
    laboratory.run(DRF, rounds=2, in_turns=True)

    first, second = laboratory.rates
    assert first is second


def test_in_turns_work_is_counted_once_before_the_first_round_with_one_server_per_stack(
    laboratory: Laboratory,
) -> None:
    twin, items = replace(DRF, stack="drf~twin"), replace(DRF, scenario="items")
    paced = replace(DRF, share=60, anchor=Anchor.SLOWEST)

    laboratory.run(DRF, FASTAPI, twin, items, paced, rounds=2, in_turns=True)

    assert laboratory.counter.asked == [[DRF, FASTAPI, twin, items]]
    assert Notice(text="Counting the work of a request on 2 servers: SQL statements, rows, bytes.") in laboratory.events
    assert laboratory.restored == 0


def test_in_turns_the_database_is_restored_after_counting_what_writes(laboratory: Laboratory) -> None:
    laboratory.run(WRITING, in_turns=True)

    assert laboratory.restored == 1  # turns.measure, which restores it after the block, is made up here


def test_in_turns_an_interruption_ends_the_run_and_leaves_nothing(laboratory: Laboratory) -> None:
    laboratory.do = _fail(Interrupted(signal.SIGTERM))

    with pytest.raises(Interrupted):
        laboratory.run(DRF, FASTAPI, in_turns=True)

    assert laboratory.visited == [DRF]
    assert laboratory.ended == 2
