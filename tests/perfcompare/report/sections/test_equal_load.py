from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from perfcompare.core.measurement import Anchor, Cell
from perfcompare.core.objection import TIMES
from perfcompare.models import Run
from perfcompare.report.data.collection import collect
from perfcompare.report.data.report import Report
from perfcompare.report.sections import equal_load
from perfcompare.report.writers import html, terminal
from perfcompare.report.writers.json import as_json
from perfcompare.runner import rates
from tests.perfcompare.factories import DRF, FASTAPI, make_measurement, make_run, objection

pytestmark = pytest.mark.django_db

SATURATED = objection("saturated", "too slow.", figures=TIMES)
STEAL = objection("steal", figures=TIMES)
RATES = {Anchor.SLOWEST: 60.0, Anchor.REFERENCE: 300.0}
P50_MS = {FASTAPI: 2.0, DRF: 6.0}


def measured(given: Mapping[tuple[Cell, int], Mapping[str, Any]] | None = None, *, answers: int = 200) -> Run:
    """Three rounds of two stacks in turns and at both rates; `given` says more of a cell's round at either rate."""
    cells = [FASTAPI, DRF]
    paced = rates.equal(cells)
    run = make_run([*cells, *paced], rounds=3, options={"cells": [], "interleaved": True})
    for number in range(1, 4):
        for cell in cells:
            run.record(make_measurement(cell, round=number, in_turns=True, load={"latency": None}))
        for cell in paced:
            load = {"answers": answers, "due": answers, "p50_ms": P50_MS[cell.plain]}
            more = (given or {}).get((cell.plain, number), {})
            run.record(make_measurement(cell, round=number, load=load, rate=RATES[cell.anchor], **more))
    return run


def row(report: Report, cell: Cell, anchor: Anchor = Anchor.SLOWEST) -> tuple[str, ...]:
    (table,) = (one for one in equal_load.build(report) if _whose(anchor) in one.title)
    name = next(one.name for one in report.equal_load_cells if one.cell.stack == cell.stack)
    (found,) = (one.figures for one in table.rows if one.name == name)
    return found


def _whose(anchor: Anchor) -> str:
    return "the slowest stack's peak" if anchor is Anchor.SLOWEST else "FastAPI's peak"


def test_there_is_a_table_for_each_rate_and_its_title_says_which() -> None:
    slowest, reference = equal_load.build(collect(measured()))

    assert slowest.title == "simple at 60.0 requests/s, 60 % of the slowest stack's peak"
    assert reference.title == "simple at 300 requests/s, 60 % of FastAPI's peak"
    assert (slowest.scenario, reference.scenario) == ("simple", "simple")


def test_each_stack_has_its_latencies_beside_fastapis_of_the_same_rate_the_fastest_first() -> None:
    (table, _other) = equal_load.build(collect(measured()))

    assert [one.figures for one in table.rows] == [
        ("2.00", "3.00", "4.00", "reference", "3/3"),
        ("6.00", "9.00", "12.0", "3.00x [3.00, 3.00]", "3/3"),
    ]
    assert len(equal_load.COLUMNS) == 5


def test_cells_at_equal_rates_are_none_of_the_comparison_of_costs() -> None:
    report = collect(measured())

    assert {cell.cell for cell in report.cells} == {FASTAPI, DRF}
    assert report.fixed_rates == ()
    assert {cell.cell for cell in report.equal_load_cells} == set(rates.equal([FASTAPI, DRF]))


def test_from_few_answers_there_is_no_99th_percentile() -> None:
    assert row(collect(measured(answers=99)), DRF) == ("6.00", "9.00", "-", "-", "3/3")
    assert row(collect(measured(answers=100)), DRF)[2] == "12.0"


def test_a_stack_whose_rate_is_beyond_it_cannot_keep_up() -> None:
    report = collect(measured({(DRF, number): {"objections": (SATURATED,)} for number in (1, 2, 3)}))

    assert row(report, DRF) == ("cannot keep up",)
    assert row(report, FASTAPI)[0] == "2.00"
    assert equal_load.build(report)[0].rows[-1].figures == ("cannot keep up",)


def test_a_stack_that_kept_up_sometimes_says_how_often_it_did_not() -> None:
    report = collect(measured({(DRF, 2): {"objections": (SATURATED,)}}))

    assert row(report, DRF) == ("6.00", "9.00", "12.0", "3.00x", "2/3, cannot keep up in 1")


def test_a_rate_that_nobody_kept_up_is_told_all_the_same() -> None:
    every = {(cell, number): {"objections": (SATURATED,)} for cell in (FASTAPI, DRF) for number in (1, 2, 3)}

    table = equal_load.build(collect(measured(every)))[0]

    assert table.title == "simple at 60.0 requests/s, 60 % of the slowest stack's peak"
    assert table.drawing is None
    assert [one.figures for one in table.rows] == [("cannot keep up",)] * 2


def test_other_reasons_are_no_valid_figures_and_a_hole_is_none_at_all() -> None:
    run = measured({(DRF, number): {"objections": (STEAL,)} for number in (1, 2, 3)})
    run.measurements.filter(stack="drf", anchor="reference").delete()
    run.options["cells"] = [json.loads(json.dumps(vars(cell))) for cell in rates.equal([FASTAPI, DRF])]

    report = collect(run)

    assert row(report, DRF) == ("no valid figures",)
    assert row(report, DRF, Anchor.REFERENCE) == ("not measured",)
    assert [cell.cell.anchor for cell in report.holes if cell.cell.share] == [Anchor.REFERENCE]


def test_what_spoils_the_latencies_leaves_the_costs() -> None:
    report = collect(measured({(DRF, number): {"objections": (STEAL,)} for number in (1, 2, 3)}))

    assert {cell.cell: cell.valid for cell in report.cells} == {FASTAPI: 3, DRF: 3}
    assert {(cell.cell.stack, cell.valid) for cell in report.equal_load_cells} == {("fastapi", 3), ("drf", 0)}


def test_every_kind_of_report_shows_them() -> None:
    run = measured({(DRF, number): {"objections": (SATURATED,)} for number in (1, 2, 3)})
    report = collect(run)

    page, text = html.page(report), terminal.render(report)
    assert 'id="latency-at-equal-load"' in page
    assert '<td colspan="5" class="left bad">cannot keep up</td>' in page
    for shown in (page.replace("&#x27;", "'"), text):
        assert "simple at 60.0 requests/s, 60 % of the slowest stack's peak" in shown
    (behind,) = {line for line in text.splitlines() if line.endswith("cannot keep up")}
    assert behind.startswith("DRF on gunicorn gthread")
    cells = json.loads(as_json(run, report))["cells"]
    assert {(cell["stack"], cell["anchor"]): cell["medians"]["p50_ms"] for cell in cells if cell["share"]} == {
        ("fastapi", "slowest"): 2.0,
        ("drf", "slowest"): None,
        ("fastapi", "reference"): 2.0,
        ("drf", "reference"): None,
    }


def test_a_run_without_them_says_nothing_of_them() -> None:
    report = collect(make_run())

    assert equal_load.build(report) == ()
    assert equal_load.TITLE not in html.page(report) + terminal.render(report)


def test_no_line_is_wider_than_the_terminal() -> None:
    run = measured({(DRF, 2): {"objections": (SATURATED,)}})
    long = replace(DRF, stack="s" * 90, server="t" * 90, scenario="u" * 90, share=60, anchor=Anchor.SLOWEST)
    run.record(make_measurement(long, load={"p50_ms": 1e9, "due": 1000}, rate=1e9))

    assert max(map(len, terminal.render(collect(run)).splitlines())) <= terminal.WIDTH


def test_percentiles_are_of_all_rounds_together_where_one_alone_has_too_few_answers() -> None:
    window = replace(FASTAPI, share=rates.SHARE, anchor=Anchor.SLOWEST)
    run = make_run([FASTAPI, window], rounds=3)
    for number in (1, 2, 3):
        run.record(make_measurement(FASTAPI, round=number))
        sent = {"answers": 40, "due": 40, "latencies_us": tuple(range(1000 * number, 1000 * number + 40))}
        run.record(make_measurement(window, round=number, rate=100.0, load=sent))

    (cell,) = collect(run).equal_load_cells

    assert (cell.figures.p50_ms, cell.figures.p90_ms, cell.figures.p99_ms) == (2.019, 3.027, 3.038)
    assert {row.p99_ms for row in run.measurements.filter(share=rates.SHARE)} == {None}
