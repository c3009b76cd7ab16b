from __future__ import annotations

from dataclasses import replace
from math import pi, sqrt

import pytest

from perfcompare.core.measurement import Cell
from perfcompare.core.objection import TIMES
from perfcompare.core.statistics import Verdict
from perfcompare.models import Run
from perfcompare.report.data.collection import collect
from perfcompare.report.data.report import Report
from perfcompare.report.findings import verdict
from tests.perfcompare.factories import DRF, FASTAPI, make_measurement, make_run, objection

pytestmark = pytest.mark.django_db

TWIN = replace(FASTAPI, stack="fastapi~twin")


def measured(run: Run, cell: Cell, *costs: float) -> None:
    for number, cost in enumerate(costs, start=1):
        run.record(make_measurement(cell, round=number, cpu_us=cost))


def report(drf: float, *twin: float) -> Report:
    run = make_run([FASTAPI, TWIN, DRF], rounds=len(twin))
    measured(run, FASTAPI, *[100.0] * len(twin))
    measured(run, TWIN, *twin)
    measured(run, DRF, *[drf] * len(twin))
    return collect(run)


def said(found: Report) -> Verdict | None:
    ratio = next(cell.cpu_ratio for cell in found.cells if cell.cell == DRF)
    assert ratio is not None
    return ratio.verdict


def test_the_floor_is_what_the_twins_differ_by() -> None:
    found = report(300.0, 100.0, 102.0, 97.0)

    assert found.floors.cpu == pytest.approx(0.02 * sqrt(pi / 2 / 3))
    assert found.floors.pairs == 3
    assert "differs by 1.4% in CPU per request" in found.certainty


def test_more_than_the_floor_is_slower_and_less_than_it_is_no_difference() -> None:
    assert said(report(110.0, 100.0, 102.0, 97.0)) is Verdict.SLOWER
    assert said(report(90.0, 100.0, 102.0, 97.0)) is Verdict.FASTER
    assert said(report(101.0, 100.0, 102.0, 97.0)) is Verdict.NO_DIFFERENCE


def test_a_scenario_in_which_the_twins_differ_more_has_a_floor_of_its_own() -> None:
    detail, detailed = replace(FASTAPI, scenario="user_detail"), replace(TWIN, scenario="user_detail")
    slow = replace(DRF, scenario="user_detail")
    run = make_run([FASTAPI, TWIN, detail, detailed, slow], rounds=3)
    for cell, cost in ((FASTAPI, 100.0), (TWIN, 100.5), (detail, 100.0), (detailed, 104.0), (slow, 103.0)):
        measured(run, cell, cost, cost + 0.01, cost + 0.02)

    found = collect(run)

    assert found.floors.of("simple").cpu == found.floors.cpu == pytest.approx(0.0225, rel=0.01)
    assert found.floors.of("user_detail").cpu == pytest.approx(0.04, rel=0.01)
    ratios = {cell.cell: cell.cpu_ratio for cell in found.cells}
    assert [one.verdict for cell in (detailed, slow) if (one := ratios[cell])] == [Verdict.NO_DIFFERENCE] * 2


def test_a_noisy_session_says_less() -> None:
    assert said(report(110.0, 100.0, 115.0, 85.0)) is Verdict.NO_DIFFERENCE


def test_without_a_twin_there_is_no_verdict() -> None:
    run = make_run([FASTAPI, DRF], rounds=3)
    for cell, cost in ((FASTAPI, 100.0), (DRF, 300.0)):
        measured(run, cell, cost, cost, cost)

    found = collect(run)

    assert (said(found), found.floors.cpu) == (None, None)
    assert "no noise floor and no verdict" in found.certainty


def test_an_invalid_round_of_a_twin_does_not_count() -> None:
    run = make_run([FASTAPI, TWIN], rounds=3)
    measured(run, FASTAPI, 100.0, 100.0, 100.0)
    measured(run, TWIN, 100.0, 100.0)
    run.record(make_measurement(TWIN, round=3, cpu_us=900.0, objections=(objection("errors"),)))

    assert collect(run).floors.cpu is None


def test_what_spoils_the_rate_of_a_twin_leaves_the_noise_of_costs() -> None:
    run = make_run([FASTAPI, TWIN], rounds=3)
    measured(run, FASTAPI, 100.0, 100.0, 100.0)
    for number in (1, 2, 3):
        spoiled = (objection("steal", figures=TIMES),)
        run.record(make_measurement(TWIN, round=number, cpu_us=102.0, objections=spoiled))

    floors = collect(run).floors

    assert (floors.pairs, floors.goodput) == (3, None)
    assert floors.cpu is not None


def test_with_several_twins_the_median_of_their_floors_counts() -> None:
    items = [replace(cell, scenario="items") for cell in (FASTAPI, TWIN)]
    lists = [replace(cell, scenario="user_list") for cell in (FASTAPI, TWIN)]
    run = make_run([FASTAPI, TWIN, *items, *lists], rounds=3)
    for (one, twin), noise in zip(((FASTAPI, TWIN), items, lists), (1.0, 3.0, 30.0), strict=True):
        measured(run, one, 100.0, 100.0, 100.0)
        measured(run, twin, *[100.0 + noise] * 3)

    assert collect(run).floors.cpu == pytest.approx(0.03)


def test_the_sentence_holds_the_verdict_and_no_twin() -> None:
    (sentence,) = verdict.sentences(report(300.0, 100.0, 102.0, 97.0))

    assert sentence.endswith(": dearer.")
