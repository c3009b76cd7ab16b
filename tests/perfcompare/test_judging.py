from __future__ import annotations

from dataclasses import replace

import pytest

from perfcompare.models import Run
from perfcompare.report.data.collection import collect
from tests.perfcompare.factories import DRF, FASTAPI, make_failure, make_measurement, make_run, objection

pytestmark = pytest.mark.django_db

FLOOR = replace(FASTAPI, stack="floor")


def capped() -> Run:
    """A run in which DRF is as fast as the floor."""
    run = make_run([FLOOR, FASTAPI, DRF])
    run.record(make_measurement(FLOOR, load={"answers": 1000}))
    run.record(make_measurement(FASTAPI, load={"answers": 500}))
    run.record(
        make_measurement(DRF, load={"answers": 990}, objections=(objection("steal", "the hypervisor took it."),))
    )
    return run


def test_a_run_is_judged_as_a_whole_while_it_is_under_way() -> None:
    report = collect(capped())

    (excluded,) = report.excluded
    assert excluded.cell == DRF
    assert [one.code for one in excluded.objections] == ["steal", "ceiling"]


def test_the_judgement_is_stored_at_the_end_and_does_not_pile_up() -> None:
    run = capped()

    run.end(Run.State.FINISHED)
    run.end(Run.State.FINISHED)

    stored = run.measurements.get(stack="drf")
    assert [one.code for one in stored.against] == ["steal", "ceiling"]
    assert run.measurements.valid().count() == 2


def test_a_reason_that_no_longer_holds_goes_away() -> None:
    run = capped()
    run.end(Run.State.FINISHED)
    run.measurements.filter(stack="floor").update(withdrawn="the generator was the wrong one")

    drf = next(row for row in run.judged() if row.stack == "drf")

    assert [one.code for one in drf.against] == ["steal"]


def test_a_failure_is_judged_by_nothing() -> None:
    run = make_run([DRF])
    run.record(make_failure(DRF))

    assert [row.objections for row in run.judged()] == [[]]
