from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connection

from perfcompare import session
from perfcompare.core.errors import EnvironmentProblem, Interrupted, PerfcompareError, WrongAnswerError
from perfcompare.core.measurement import Cell, Failure, FailureKind, Measurement
from perfcompare.models import Run
from perfcompare.session import Settings
from tests.perfcompare.factories import DRF, FASTAPI, make_environment, make_failure, make_measurement, make_target
from tests.perfcompare.screens import Paper

pytestmark = pytest.mark.django_db

SETTINGS = Settings(seconds=1.0, warmup_s=0.5, rounds=1, label="tried")
Outcomes = Iterator[Measurement | Failure]


@pytest.fixture
def trials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[Callable[[], Outcomes]], None]:
    """Sets what the trials of a run give, instead of measuring; no services, no signals."""
    monkeypatch.setenv("PERFCOMPARE_STATE", str(tmp_path))
    monkeypatch.setattr("perfcompare.runner.environment.collect", lambda _environ, workers: make_environment())

    def put(outcomes: Callable[[], Outcomes]) -> None:
        monkeypatch.setattr(session, "execute", lambda *_arguments: outcomes())

    return put


def measure(cells: tuple[Cell, ...] = (FASTAPI, DRF)) -> Run:
    return session.measure(cells, SETTINGS, Paper(), make_target)


def test_every_outcome_is_stored_and_the_run_is_finished(trials: Callable[..., None]) -> None:
    trials(lambda: iter([make_measurement(FASTAPI), make_failure(DRF)]))

    stored = measure()

    assert (stored.state, stored.label, stored.measurements.count()) == ("finished", "tried", 2)
    assert stored.planned_cells() == [FASTAPI, DRF]


def test_an_interrupted_run_keeps_what_it_has(trials: Callable[..., None]) -> None:
    def outcomes() -> Outcomes:
        yield make_measurement(FASTAPI)
        raise Interrupted(15)

    trials(outcomes)

    with pytest.raises(Interrupted):
        measure()

    stored = Run.objects.newest()
    assert (stored.state, stored.measurements.count()) == ("interrupted", 1)


def test_a_defect_ends_the_run_as_failed(trials: Callable[..., None]) -> None:
    def outcomes() -> Outcomes:
        yield make_measurement(FASTAPI)
        raise RuntimeError

    trials(outcomes)

    with pytest.raises(RuntimeError):
        measure()

    assert Run.objects.newest().state == "failed"


def test_what_the_database_did_not_take_is_stored_after_the_next_trial(
    trials: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    record, taken = Run.record, iter([False, True, True])

    def sometimes(run: Run, outcome: Measurement | Failure) -> object:
        if not next(taken):
            raise EnvironmentProblem("away")
        return record(run, outcome)

    monkeypatch.setattr(Run, "record", sometimes)
    monkeypatch.setattr("perfcompare.session.connection.close", lambda: None)
    trials(lambda: iter([make_measurement(FASTAPI), make_measurement(DRF)]))

    assert measure().measurements.count() == 2


def test_what_the_database_never_took_is_kept_in_a_file(
    trials: Callable[..., None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def never(_run: Run, _outcome: object) -> None:
        raise EnvironmentProblem("away")

    monkeypatch.setattr(Run, "record", never)
    monkeypatch.setattr("perfcompare.session.connection.close", lambda: None)
    trials(lambda: iter([make_measurement(FASTAPI)]))

    with pytest.raises(EnvironmentProblem, match=r"refused the last 1 outcomes.*unsaved\.json"):
        measure()

    (file,) = tmp_path.glob("runs/*/unsaved.json")
    assert json.loads(file.read_text())[0]["cell"]["stack"] == "fastapi"


def test_tables_of_an_older_version_are_found_before_the_first_trial(trials: Callable[..., None]) -> None:
    started: list[bool] = []

    def outcomes() -> Outcomes:
        started.append(True)
        yield from ()

    trials(outcomes)
    connection.cursor().execute("ALTER TABLE perfcompare_measurement DROP COLUMN collections_cpu_us")

    with pytest.raises(EnvironmentProblem, match="migrate"):
        measure()
    assert started == []


def test_a_wrong_answer_is_complained_about_first(trials: Callable[..., None]) -> None:
    trials(
        lambda: iter(
            [
                make_failure(FASTAPI),
                make_failure(DRF, reason="wrong answer: drf answers simple wrongly", kind=FailureKind.WRONG_ANSWER),
            ]
        )
    )

    with pytest.raises(WrongAnswerError, match=r"1 trials were not timed .* drf answers simple wrongly"):
        session.complain(measure())


def test_a_failure_is_complained_about(trials: Callable[..., None]) -> None:
    trials(lambda: iter([make_failure(DRF, reason="server: it ended")]))

    with pytest.raises(PerfcompareError, match=r"1 trials gave no figures\. The first: server: it ended"):
        session.complain(measure())


def test_figures_alone_are_no_reason_to_complain(trials: Callable[..., None]) -> None:
    trials(lambda: iter([make_measurement(DRF)]))

    session.complain(measure())
