from __future__ import annotations

import signal
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from perfcompare.core.errors import Interrupted, PerfcompareError, WrongAnswerError
from perfcompare.core.measurement import Cell, Failure, Measurement
from perfcompare.registries import generators
from perfcompare.runner.events import Began, Event, Notice, VisitBegan, VisitEnded
from perfcompare.runner.execute import Conditions, execute
from perfcompare.runner.pinning import Placement
from perfcompare.runner.plan import Visit
from perfcompare.runner.visiting import Surroundings
from tests.perfcompare.factories import DRF, FASTAPI, make_conditions, make_measurement, objection

WRITING = Cell(scenario="user_create", stack="drf", server="gunicorn_gthread", concurrency=1)
MODULE = "perfcompare.runner.execute"


class Laboratory:
    """A run whose visits do what they are told, and what it did besides."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.events: list[Event] = []
        self.restored = 0
        self.ended = 0
        self.leftovers: list[str] = []
        self.visited: list[Cell] = []
        self.asked: list[tuple[str, float | None]] = []
        self.do: Callable[[Visit], Measurement] = lambda visit: make_measurement(visit.cell, round=visit.round)
        surroundings = Surroundings(
            generator=next(iter(generators.values())),
            placement=Placement(server=None, rest=None),
            services={},
            all_known=True,
        )
        monkeypatch.setattr(f"{MODULE}._surroundings", lambda _conditions: surroundings)
        monkeypatch.setattr(f"{MODULE}.measure", self._measure)
        monkeypatch.setattr(f"{MODULE}.orphans.end_all", self._end_all)
        self._folder = folder

    def run(self, *cells: Cell, rounds: int = 1, interleaved: bool = False) -> list[Measurement | Failure]:
        visits = [Visit(round=number, cell=cell) for number in range(1, rounds + 1) for cell in cells]
        conditions = make_conditions(
            self._folder, generator="wrk", environ={}, restore=self._restore, seconds=2.0, interleaved=interleaved
        )
        return list(execute(visits, conditions, self.events.append))

    def _measure(self, visit: Visit, conditions: Conditions, _surroundings: Surroundings) -> Measurement:
        self.asked.append((conditions.generator, visit.rate))
        self.visited.append(visit.cell)
        return self.do(visit)

    def _restore(self) -> None:
        self.restored += 1

    def _end_all(self) -> list[str]:
        self.ended += 1
        return self.leftovers


@pytest.fixture
def laboratory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Laboratory:
    return Laboratory(monkeypatch, tmp_path)


def _fail(error: PerfcompareError) -> Callable[[Visit], Measurement]:
    def do(_visit: Visit) -> Measurement:
        raise error

    return do


def test_every_visit_has_its_outcome_and_is_told(laboratory: Laboratory) -> None:
    outcomes = laboratory.run(DRF, FASTAPI)

    assert [one.cell for one in outcomes] == [DRF, FASTAPI]
    assert [type(event) for event in laboratory.events] == [Began, *[VisitBegan, VisitEnded] * 2]


def test_a_visit_without_figures_is_a_failure_and_the_run_goes_on(laboratory: Laboratory) -> None:
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
    laboratory.do = lambda visit: make_measurement(visit.cell, round=visit.round, load={"answers": next(answers)})

    laboratory.run(DRF, DRF, DRF, replace(DRF, share=75))

    assert laboratory.asked == [*[("wrk", None)] * 3, ("locust", 700 * 0.75)]


def test_without_a_valid_peak_there_is_no_fixed_rate(laboratory: Laboratory) -> None:
    laboratory.do = lambda visit: make_measurement(visit.cell, objections=(objection("steal", "much"),))

    *_, outcome = laboratory.run(DRF, replace(DRF, share=75))

    assert isinstance(outcome, Failure)
    assert outcome.reason == "rate: no valid visit in a closed loop has shown the peak that it is a share of."


def test_a_second_instrument_shows_no_peak(laboratory: Laboratory) -> None:
    *_, outcome = laboratory.run(replace(DRF, instrument="locust"), replace(DRF, share=75))

    assert laboratory.asked == [("locust", None)]
    assert isinstance(outcome, Failure)


def test_an_interleaved_run_measures_block_by_block_and_tells_of_each_visit(
    laboratory: Laboratory, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[list[Cell]] = []

    def together(visits: Sequence[Visit], *_: object) -> dict[Visit, Measurement | PerfcompareError]:
        asked.append([visit.cell for visit in visits])
        wrong = WrongAnswerError("status 500")
        return {
            visit: wrong if visit.cell == DRF else make_measurement(visit.cell, round=visit.round) for visit in visits
        }

    monkeypatch.setattr("perfcompare.runner.execute.interleaving.measure", together)

    outcomes = laboratory.run(DRF, FASTAPI, rounds=2, interleaved=True)

    assert asked == [[DRF, FASTAPI], [FASTAPI]]  # what answers wrongly is not asked again
    assert [isinstance(one, Failure) and one.reason for one in outcomes] == ["wrong answer: status 500", False] * 2
    assert [event.number for event in laboratory.events if isinstance(event, VisitEnded)] == [1, 2, 3, 4]
