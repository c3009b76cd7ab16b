from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from perfcompare import session
from perfcompare.core.measurement import Cell
from perfcompare.models import Run
from tests.perfcompare.commands.conftest import Call
from tests.perfcompare.factories import make_measurement, make_run, objection

pytestmark = pytest.mark.django_db

Asked = list[tuple[Sequence[Cell], session.Settings]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What would have been measured; FastAPI is capped at 1000 answers, DRF at 400."""
    calls: Asked = []

    def measure(cells: Sequence[Cell], settings: session.Settings, _screen: Any, _prepare: object) -> Run:
        calls.append((cells, settings))
        run = make_run(cells, rounds=3)
        for number in (1, 2, 3):
            for cell in cells:
                cap, share = (1000, 50) if cell.stack == "fastapi" else (400, 150)
                answers = min(cap, share * cell.concurrency * settings.workers)
                run.record(make_measurement(cell, round=number, load={"answers": answers}))
        run.end(Run.State.FINISHED)
        return run

    monkeypatch.setattr(session, "measure", measure)
    return calls


def test_connections_are_turned_up_in_one_run_with_knees_and_the_crossover(call: Call, asked: Asked) -> None:
    outcome = call("sweep", "--values", "16,1,4")

    assert (outcome.code, len(asked)) == (0, 1)
    assert sorted({cell.concurrency for cell in asked[0][0]}) == [1, 4, 16]
    assert outcome.out.count("<- knee") == 2
    assert "FastAPI on uvicorn overtakes DRF on gunicorn_gthread between 4 and 16 (concurrency)." in outcome.out


def test_workers_are_turned_up_in_a_run_each(call: Call, asked: Asked) -> None:
    outcome = call("sweep", "--over", "workers", "--values", "1,2", "--concurrency", "8", "--stacks", "drf")

    assert outcome.code == 0
    assert [settings.workers for _cells, settings in asked] == [1, 2]
    assert {cell.concurrency for cells, _settings in asked for cell in cells} == {8}


def test_an_unknown_stack_is_a_usage_error(call: Call, asked: Asked) -> None:
    assert (call("sweep", "--stacks", "nothing").code, asked) == (2, [])


def test_a_value_without_valid_figures_is_in_the_table_and_beside_the_knee(
    call: Call, asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = session.measure

    def holed(*asked_for: Any) -> Run:
        run = original(*asked_for)
        run.measurements.filter(stack="drf", concurrency=4).update(objections=[objection("steal").stored()])
        return run

    monkeypatch.setattr(session, "measure", holed)
    outcome = call("sweep", "--values", "1,4,16")

    assert "             4  no valid figures" in outcome.out
    assert "<- knee (not known at 4)" in outcome.out
    assert "between 1 and 16 (concurrency) (not known at 4)." in outcome.out
