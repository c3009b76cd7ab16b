from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, replace

import pytest

from perfcompare.core.measurement import Cell
from perfcompare.core.objection import EVERY, TIMES, Figure
from perfcompare.models import Run
from perfcompare.report.data.collection import collect
from perfcompare.report.data.kinds import Kind
from perfcompare.report.data.report import CellSummary, Report
from tests.perfcompare.factories import (
    DRF,
    FASTAPI,
    make_failure,
    make_measured_run,
    make_measurement,
    make_run,
    objection,
)

pytestmark = pytest.mark.django_db


def summary(report: Report, cell: Cell) -> CellSummary:
    return next(one for one in report.cells if one.cell == cell)


def measured(run: Run, cell: Cell, *costs: float) -> None:
    for number, cost in enumerate(costs, start=1):
        run.record(make_measurement(cell, round=number, cpu_us=cost))


def test_a_figure_is_the_median_of_its_rounds() -> None:
    run = make_run(rounds=3)
    measured(run, DRF, 100.0, 900.0, 200.0)

    found = summary(collect(run), DRF)

    assert found.figures.server_cpu_us == pytest.approx(200.0)
    assert (found.valid, found.visited, found.rounds, found.missing) == (3, 3, 3, 0)


def test_a_run_of_a_target_that_is_not_known_is_reported_with_plain_names() -> None:
    run = make_run(options={"target": "of_another_version", "cells": [asdict(FASTAPI), asdict(DRF)]})
    measured(run, DRF, 100.0)

    found = summary(collect(run), DRF)

    assert (found.stack, found.kind) == ("drf", Kind.OTHER)


def test_more_cpu_than_fastapi_is_a_ratio_above_one() -> None:
    report = collect(make_measured_run(cpu_us=310.0))

    ratio = summary(report, DRF).cpu_ratio
    assert ratio is not None
    assert ratio.value == pytest.approx(3.1)


def test_fewer_requests_than_fastapi_is_a_ratio_below_one() -> None:
    run = make_run()
    run.record(make_measurement(FASTAPI, load={"answers": 1000}))
    run.record(make_measurement(DRF, load={"answers": 300}))

    ratio = summary(collect(run), DRF).goodput_ratio

    assert ratio is not None
    assert ratio.value == pytest.approx(0.3)


def test_ratios_are_paired_per_round() -> None:
    run = make_run(rounds=3)
    measured(run, FASTAPI, 100.0, 102.0, 104.0)
    measured(run, DRF, 200.0, 204.0, 208.0)

    ratio = summary(collect(run), DRF).cpu_ratio

    assert ratio is not None
    assert ratio.interval is not None
    assert (ratio.value, ratio.interval.low, ratio.interval.high) == pytest.approx((2.0, 2.0, 2.0))


def test_a_round_without_the_reference_is_left_out_of_the_ratio() -> None:
    run = make_run(rounds=2)
    run.record(make_failure(FASTAPI, round=1))
    run.record(make_measurement(FASTAPI, round=2, cpu_us=100.0))
    measured(run, DRF, 900.0, 200.0)

    ratio = summary(collect(run), DRF).cpu_ratio

    assert ratio is not None
    assert ratio.value == pytest.approx(2.0)
    assert ratio.rounds == 1


def test_too_few_rounds_have_no_interval() -> None:
    report = collect(make_measured_run(rounds=2))

    ratio = summary(report, DRF).cpu_ratio
    assert ratio is not None
    assert (ratio.rounds, ratio.interval) == (2, None)
    assert "too few for an interval" in report.certainty


def test_enough_rounds_have_an_interval() -> None:
    assert "bootstrap 95 % interval" in collect(make_measured_run(rounds=3)).certainty


def test_an_invalid_round_counts_for_nothing_and_is_listed() -> None:
    run = make_run(rounds=2)
    measured(run, FASTAPI, 100.0, 100.0)
    run.record(make_measurement(DRF, round=1, cpu_us=300.0))
    run.record(make_measurement(DRF, round=2, cpu_us=999.0, objections=(objection("errors"),)))

    report = collect(run)

    found = summary(report, DRF)
    assert found.figures.server_cpu_us == pytest.approx(300.0)
    assert found.valid == 1
    assert found.cpu_ratio is not None
    assert found.cpu_ratio.rounds == 1
    assert [(one.cell, one.round, one.reasons, one.failed) for one in report.excluded] == [
        (DRF, 2, ("errors: much.",), False)
    ]


def test_an_invalid_round_of_the_reference_is_not_compared_with() -> None:
    run = make_run()
    run.record(make_measurement(FASTAPI, objections=(objection("errors"),)))
    run.record(make_measurement(DRF))

    assert summary(collect(run), DRF).cpu_ratio is None


@pytest.mark.parametrize(
    ("figures", "medians", "spoiled"),
    [
        (TIMES, (300.0, None, None, 51_200.0), "rate, latency"),
        ({Figure.COST}, (None, 500.0, 2.0, 51_200.0), "cost"),
        ({Figure.MEMORY}, (300.0, 500.0, 2.0, None), "memory"),
        (EVERY, (None, None, None, None), "all figures"),
    ],
)
def test_what_is_against_some_figures_leaves_the_others(
    figures: Iterable[Figure], medians: tuple[float | None, ...], spoiled: str
) -> None:
    run = make_run()
    run.record(make_measurement(FASTAPI))
    run.record(make_measurement(DRF, objections=(objection("x", figures=figures),)))

    report = collect(run)

    cell = summary(report, DRF)
    found = cell.figures
    assert (found.server_cpu_us, found.goodput, found.p50_ms, found.pss_peak_kib) == pytest.approx(medians)
    ratios = (cell.cpu_ratio, cell.goodput_ratio, cell.p99_ratio, cell.memory_ratio)
    assert [ratio is None for ratio in ratios] == [value is None for value in medians]
    assert cell.valid == (0 if Figure.COST in figures else 1)
    assert cell.against == {"x": 1}
    assert [one.spoiled for one in report.excluded] == [spoiled]


def test_a_round_in_which_the_reference_has_no_latency_is_compared_by_cost_alone() -> None:
    run = make_run()
    run.record(make_measurement(FASTAPI, objections=(objection("steal", figures=TIMES),)))
    run.record(make_measurement(DRF))

    found = summary(collect(run), DRF)

    assert found.cpu_ratio is not None
    assert (found.goodput_ratio, found.p99_ratio) == (None, None)


def test_a_failed_trial_is_listed_with_its_reason() -> None:
    run = make_run()
    run.record(make_failure(DRF, reason="died"))

    report = collect(run)

    assert [(one.reasons, one.failed) for one in report.excluded] == [(("died",), True)]
    assert summary(report, DRF).missing == 0


def test_what_was_planned_and_not_visited_is_a_hole() -> None:
    run = make_run([FASTAPI, DRF], rounds=2)
    run.record(make_measurement(FASTAPI, round=1))

    holes = {cell.cell: cell.missing for cell in collect(run).holes}

    assert holes == {FASTAPI: 1, DRF: 2}


def test_what_was_measured_without_a_plan_is_shown() -> None:
    run = make_run([])
    run.record(make_measurement(DRF))

    assert [cell.cell for cell in collect(run).cells] == [DRF]


def test_only_cells_of_one_scenario_and_concurrency_are_compared() -> None:
    busy = replace(DRF, concurrency=64)
    run = make_run([FASTAPI, DRF, busy])
    for cell in (FASTAPI, DRF, busy):
        run.record(make_measurement(cell))

    report = collect(run)

    assert summary(report, busy).cpu_ratio is None
    assert summary(report, DRF).cpu_ratio is not None
    assert [block.title for block in report.blocks] == ["simple, 32 connections", "simple, 64 connections"]


def test_the_reference_is_fastapi_on_its_own_server() -> None:
    elsewhere = replace(FASTAPI, server="granian_asgi")
    run = make_run([elsewhere, FASTAPI])

    report = collect(run)

    assert report.reference == "FastAPI on uvicorn"
    assert [cell.cell for cell in report.cells if cell.reference] == [FASTAPI]


def test_fastapi_on_another_server_is_the_reference_when_there_is_no_other() -> None:
    elsewhere = replace(FASTAPI, server="granian_asgi")

    assert collect(make_run([elsewhere, DRF])).reference == "FastAPI on granian ASGI"


def test_a_run_without_fastapi_has_no_reference() -> None:
    run = make_run([DRF])
    run.record(make_measurement(DRF))

    report = collect(run)

    assert (report.reference, summary(report, DRF).cpu_ratio) == (None, None)
    assert "nothing to compare" in report.certainty


def test_the_cheapest_comes_first_and_the_empty_last() -> None:
    floor = Cell(scenario="simple", stack="floor", server="uvicorn", concurrency=32)
    run = make_run([floor, DRF, FASTAPI])
    measured(run, DRF, 300.0)
    measured(run, FASTAPI, 100.0)

    (block,) = collect(run).blocks

    assert [cell.cell for cell in block.cells] == [FASTAPI, DRF, floor]


def test_a_scenario_that_a_stack_does_not_offer_is_named() -> None:
    floor = Cell(scenario="simple", stack="floor", server="granian_wsgi", concurrency=32)
    items = replace(DRF, scenario="items")

    assert collect(make_run([floor, DRF, items])).not_offered == {"no framework": ("items",)}


def test_the_limit_is_the_least_on_each_row_that_has_it() -> None:
    floor = replace(DRF, stack="floor", server="granian_wsgi")
    run = make_run([floor, DRF, replace(DRF, scenario="items")])
    for cell, cpu_us in ((floor, 50.0), (DRF, 310.0)):
        run.record(make_measurement(cell, cpu_us=cpu_us))

    found = {(cell.cell.stack, cell.cell.scenario): cell.limit_ratio for cell in collect(run).cells}

    assert {name: ratio and ratio.value for name, ratio in found.items()} == {
        ("floor", "simple"): 1.0,
        ("drf", "simple"): 6.2,
        ("drf", "items"): None,
    }


def test_a_scenario_without_a_limit_is_named_with_the_way_to_it() -> None:
    items = replace(DRF, scenario="items")
    floor = replace(DRF, stack="floor", server="uvicorn")
    runs = [make_run([DRF, items]), make_run([DRF, items, floor]), make_run([DRF, floor])]
    for run in runs:
        for cell in run.planned_cells():
            run.record(make_measurement(cell))

    nowhere, somewhere, everywhere = (collect(run).limitless for run in runs)

    assert nowhere.startswith("No limit was measured in this run. --preset full")
    assert somewhere.startswith("No limit was measured in items.")
    assert everywhere == ""


def test_unknown_names_are_shown_as_they_are() -> None:
    gone = Cell(scenario="gone", stack="gone_stack", server="gone_server", concurrency=1)

    (cell,) = collect(make_run([gone])).cells

    assert cell.name == "gone_stack on gone_server"


def test_what_full_collections_cost_the_reference_is_said_where_it_is_much() -> None:
    run = make_run([FASTAPI, DRF])
    run.record(make_measurement(FASTAPI, cpu_us=100.0, usage={"collections_cpu_s": 0.025}))
    run.record(make_measurement(DRF))

    found = collect(run)

    assert found.collections.startswith(
        "Full collections of garbage are 25% of FastAPI on uvicorn's CPU time on simple."
    )


@pytest.mark.parametrize("seconds", [None, 0.0, 0.004])
def test_little_or_unknown_collections_are_not_spoken_of(seconds: float | None) -> None:
    run = make_run([FASTAPI])
    run.record(make_measurement(FASTAPI, cpu_us=100.0, usage={"collections_cpu_s": seconds}))

    assert collect(run).collections == ""
