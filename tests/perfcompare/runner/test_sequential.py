from __future__ import annotations

import sys
from pathlib import Path

import pytest

from perfcompare.core.errors import EnvironmentProblem, WrongAnswerError
from perfcompare.core.generator import Generator, Load, LoadResult
from perfcompare.core.measurement import Cell
from perfcompare.core.objection import Figure
from perfcompare.runner import recount, trial
from perfcompare.runner.pinning import Placement
from perfcompare.runner.plan import PlannedTrial
from perfcompare.runner.sequential import measure
from perfcompare.runner.trial import Conditions, ServerError, Surroundings, Trial
from perfcompare.targets.demonstration import liveness
from tests.perfcompare.factories import make_conditions, make_load, objection

VISIT = PlannedTrial(round=2, cell=Cell(scenario="simple", stack="floor", server="uvicorn", concurrency=1))
LOAD = (
    "import time; time.sleep(0.2); a = time.monotonic(); time.sleep(0.4); print(a, time.monotonic()); time.sleep(0.2)"
)


def _parse(_load: Load, output: str) -> LoadResult:
    started_s, ended_s = map(float, output.split())
    return make_load(answers=40, started_s=started_s, ended_s=ended_s)


@pytest.fixture
def conditions(tmp_path: Path) -> Conditions:
    return make_conditions(tmp_path, seconds=0.4, warmup_s=0.2, seed=5)


GENERATOR = Generator(
    label="Made up",
    program="python",
    command=lambda _load: [sys.executable, "-c", LOAD],
    parse=_parse,
    installation="",
)


@pytest.fixture
def surroundings() -> Surroundings:
    return Surroundings(placement=Placement(server=None, rest=None), services={}, all_known=False)


def test_a_trial_has_figures_and_leaves_its_log(conditions: Conditions, surroundings: Surroundings) -> None:
    measurement = measure(Trial(VISIT, conditions, surroundings), GENERATOR)

    assert (measurement.cell, measurement.round, measurement.generator) == (VISIT.cell, 2, "made_up")
    assert measurement.load.answers == 40
    assert measurement.start_s is not None
    assert measurement.start_s > 0
    assert measurement.usage is not None
    assert measurement.usage.pss_idle_kib is not None
    assert measurement.usage.pss_idle_kib > 1000
    assert "uvicorn" in measurement.command
    assert (conditions.folder / "02-simple-floor-uvicorn-1" / "server.log").exists()


def test_figures_that_must_not_be_used_say_why(conditions: Conditions, surroundings: Surroundings) -> None:
    measurement = measure(Trial(VISIT, conditions, surroundings), GENERATOR)

    assert {one.code for one in measurement.objections} >= {"few answers", "short window"}
    assert not measurement.usable(Figure.COST)


def test_a_wrong_answer_before_the_load_ends_the_trial(
    conditions: Conditions, surroundings: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trial, "check", lambda *_, **__: "GET simple: status 500 instead of 200")

    with pytest.raises(WrongAnswerError, match="floor answers simple wrongly: GET simple: status 500"):
        measure(Trial(VISIT, conditions, surroundings), GENERATOR)


def test_a_wrong_answer_after_the_load_makes_the_figures_unusable(
    conditions: Conditions, surroundings: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = iter([None, "GET simple: status 500 instead of 200"])
    monkeypatch.setattr(trial, "check", lambda *_, **__: next(found))

    measurement = measure(Trial(VISIT, conditions, surroundings), GENERATOR)

    said = objection("wrong answer", "after the load: GET simple: status 500 instead of 200")
    assert said in measurement.objections
    assert not any(measurement.usable(figure) for figure in Figure)


def test_with_a_service_that_does_not_answer_nothing_is_measured(
    conditions: Conditions, surroundings: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(liveness, "ailing", lambda _environ: "Redis does not answer.")

    with pytest.raises(ServerError, match=r"services: Redis does not answer\."):
        measure(Trial(VISIT, conditions, surroundings), GENERATOR)


def test_a_service_that_ended_under_load_spoils_every_figure(
    conditions: Conditions, surroundings: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = iter([None, "Redis does not answer."])
    monkeypatch.setattr(liveness, "ailing", lambda _environ: next(said))

    measurement = measure(Trial(VISIT, conditions, surroundings), GENERATOR)

    assert objection("services", "after the load: Redis does not answer.") in measurement.objections
    assert not any(measurement.usable(figure) for figure in Figure)


@pytest.mark.parametrize("when", ["before", "after"])
def test_other_work_before_or_after_the_load_spoils_every_figure(
    conditions: Conditions, surroundings: Surroundings, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    said = iter(["other work"] if when == "before" else [None, "other work"])
    monkeypatch.setattr(recount, "difference", lambda *_: next(said))

    measurement = measure(Trial(VISIT, conditions, surroundings), GENERATOR)

    assert objection("changed work", f"{when} the load: other work") in measurement.objections
    assert not any(measurement.usable(figure) for figure in Figure)


def test_a_server_that_does_not_answer_is_explained_by_its_log(
    conditions: Conditions, surroundings: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ConnectionRefusedError("refused")

    monkeypatch.setattr(trial, "check", refuse)

    with pytest.raises(ServerError, match=r"server: it does not answer \(refused\)\. The end of .*server\.log"):
        measure(Trial(VISIT, conditions, surroundings), GENERATOR)


def test_a_folder_that_cannot_be_made_is_explained(conditions: Conditions, surroundings: Surroundings) -> None:
    (conditions.folder / "02-simple-floor-uvicorn-1").write_text("in the way")

    with pytest.raises(EnvironmentProblem, match="cannot be made"):
        measure(Trial(VISIT, conditions, surroundings), GENERATOR)
