from __future__ import annotations

import json
from dataclasses import replace

import pytest

from perfcompare.models import Run
from perfcompare.report.data.collection import collect
from perfcompare.report.writers import html, terminal
from perfcompare.report.writers.json import as_json
from perfcompare.report.writers.markdown import as_markdown
from tests.perfcompare.factories import DRF, FASTAPI, make_measurement, make_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def run() -> Run:
    """Both stacks in a closed loop and at 75 % of their peak, where latency is 7 ms."""
    cells = [FASTAPI, DRF, replace(FASTAPI, share=75), replace(DRF, share=75)]
    stored = make_run(cells, rounds=3)
    for number in range(1, 4):
        for cell in cells:
            load = {"p50_ms": 7.0, "due": 1001} if cell.share else {}
            rate = 500.5 if cell.share else None
            stored.record(make_measurement(cell, round=number, load=load, rate=rate))
    return stored


def test_fixed_rates_are_beside_nothing(run: Run) -> None:
    report = collect(run)

    assert {cell.cell.share for cell in report.cells} == {0}
    assert {
        (cell.cell.share, cell.cpu_ratio, cell.goodput_ratio, cell.p99_ratio) for cell in report.fixed_rate_cells
    } == {(75, None, None, None)}
    assert all(cell.figures.p50_ms == 2.0 for cell in report.cells)


def test_every_kind_of_report_shows_them_apart(run: Run) -> None:
    report = collect(run)

    texts = [terminal.render(report), html.page(report), as_markdown(run, report)]

    assert all("at shares of each stack" in text and "75 %" in text for text in texts)
    cells = json.loads(as_json(run, report))["cells"]
    assert [(cell["share"], cell["medians"]["rate"]) for cell in cells] == [(0, None)] * 2 + [(75, 500.5)] * 2


def test_a_rate_that_was_not_measured_is_a_hole(run: Run) -> None:
    run.measurements.filter(share=75, stack="drf").delete()

    assert [str(cell.cell) for cell in collect(run).holes] == [str(replace(DRF, share=75))]
