from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from perfcompare.core.measurement import Cell
from perfcompare.core.statistics import Verdict
from perfcompare.models import Run
from perfcompare.report.findings.comparison import Change, Comparison, compare
from tests.perfcompare.factories import DRF, FASTAPI, make_environment, make_measurement, make_run, objection

pytestmark = pytest.mark.django_db

TWIN = replace(FASTAPI, stack="fastapi~twin")


def run(costs: Mapping[Cell, tuple[float, ...]], **given: Any) -> Run:
    made = make_run(list(costs), rounds=3, **given)
    for cell, figures in costs.items():
        for number, cost in enumerate(figures, start=1):
            made.record(make_measurement(cell, round=number, cpu_us=cost))
    return made


def change(found: Comparison, cell: Cell = DRF) -> Change:
    return next(one for one in found.changes if one.cell == cell)


STEADY = (100.0, 100.0, 100.0)


def test_a_dearer_cell_is_slower_and_a_cheaper_one_faster() -> None:
    before = run({DRF: (300.0, 301.0, 299.0)})

    assert change(compare(before, run({DRF: (330.0, 331.0, 329.0)}))).verdict is Verdict.SLOWER
    assert change(compare(before, run({DRF: (270.0, 271.0, 269.0)}))).verdict is Verdict.FASTER
    assert change(compare(before, run({DRF: (300.0, 301.0, 299.0)}))).verdict is Verdict.NO_DIFFERENCE


def test_a_machine_that_is_slower_today_is_no_slower_stack() -> None:
    """Both beside the reference of their own run: what struck both is gone."""
    found = compare(run({FASTAPI: STEADY, DRF: (300.0,) * 3}), run({FASTAPI: (120.0,) * 3, DRF: (360.0,) * 3}))

    assert change(found).relative
    assert change(found).ratio == pytest.approx(1.0)
    assert change(found).verdict is Verdict.NO_DIFFERENCE
    assert not change(found, FASTAPI).relative


def test_a_change_within_the_tolerance_is_none() -> None:
    before, after = run({DRF: (300.0,) * 3}), run({DRF: (312.0,) * 3})

    assert change(compare(before, after)).verdict is Verdict.SLOWER
    assert change(compare(before, after, tolerance=0.05)).verdict is Verdict.NO_DIFFERENCE


def test_a_change_within_the_larger_noise_floor_is_none() -> None:
    noisy = run({FASTAPI: STEADY, TWIN: (108.0, 108.0, 100.0), DRF: (300.0,) * 3})
    found = compare(noisy, run({FASTAPI: STEADY, TWIN: STEADY, DRF: (312.0,) * 3}))

    assert found.floor == pytest.approx(0.08)
    assert change(found).verdict is Verdict.NO_DIFFERENCE
    assert TWIN not in {one.cell for one in found.changes}


def test_invalid_figures_take_no_part_and_a_cell_without_valid_ones_is_missing() -> None:
    after = make_run([DRF])
    after.record(make_measurement(DRF, cpu_us=900.0, objections=(objection("errors", "many."),)))

    found = compare(run({DRF: (300.0,) * 3}), after)

    assert (found.changes, found.missing) == ((), (DRF,))


def test_two_rounds_are_not_judged() -> None:
    assert change(compare(run({DRF: (300.0, 300.0)}), run({DRF: (900.0, 900.0)}))).verdict is None


def test_like_runs_differ_in_nothing() -> None:
    found = compare(run({DRF: STEADY}), run({DRF: STEADY}))

    assert (found.unlike, found.software) == ((), ())


def test_machine_and_method_are_told_apart_from_software() -> None:
    before = run({DRF: STEADY}, options={"cells": [], "seconds": 2.0})
    other = make_environment(cores=8, packages={"Django": "6.0"})

    found = compare(before, run({DRF: STEADY}, environment=other, options={"cells": [], "seconds": 5.0}))

    assert found.unlike == ("cores: 2 before, 8 after", "seconds: 2.0 before, 5.0 after")
    assert found.software == ("packages.Django: 5.2.19 before, 6.0 after",)


MIXED = {"file": "mixed", "scenarios": [], "users": 8, "processes": 1, "expect_workers": 0, "further": []}


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"file": "steps"}, "locust.file: mixed before, steps after"),
        ({"scenarios": ["simple"]}, "locust.scenarios: [] before, ['simple'] after"),
        ({"users": 50}, "locust.users: 8 before, 50 after"),
        ({"processes": 2}, "locust.processes: 1 before, 2 after"),
        ({"expect_workers": 2}, "locust.expect_workers: 0 before, 2 after"),
        ({"further": ["--think", "0.1"]}, "locust.further: [] before, ['--think', '0.1'] after"),
    ],
)
def test_journeys_of_one_name_that_ask_differently_are_unlike(told: dict[str, Any], said: str) -> None:
    before, after = (run({DRF: STEADY}, options={"cells": [], "locust": {**MIXED, **more}}) for more in ({}, told))

    assert compare(before, after).unlike == (said,)


def test_where_locust_listened_and_how_often_it_ran_make_no_journey_unlike_another() -> None:
    elsewhere = {**MIXED, "rounds": 9, "seed": 7, "bind": "10.0.0.1", "web_port": 8090}
    before, after = (run({DRF: STEADY}, options={"cells": [], "locust": told}) for told in (MIXED, elsewhere))

    assert compare(before, after).unlike == ()
