from __future__ import annotations

import re
from dataclasses import replace

import pytest

from perfcompare.core.measurement import Cell
from perfcompare.models import Run
from perfcompare.report.data.collection import collect
from perfcompare.report.findings import claims, verdict
from perfcompare.report.sections import tables, waterfall
from perfcompare.report.writers import html, ladder_table
from tests.perfcompare.factories import FASTAPI, make_measurement, make_run, objection
from tests.perfcompare.report.writers.test_html import text_of

pytestmark = pytest.mark.django_db
BASE = Cell(scenario="user_list", stack="drf_settings", server="granian_wsgi", concurrency=2)
CACHALOT, BOTH, PAGES = (
    replace(BASE, stack=f"drf_settings+{name}") for name in ("cachalot", "cachalot+own_pages", "own_pages")
)
REFERENCE = replace(FASTAPI, scenario="user_list", concurrency=2)


def measured(costs: dict[Cell, float | None], rounds: int = 3) -> Run:
    """FastAPI at 100 µs beside cells of so much; None makes every trial of a cell invalid."""
    run = make_run([REFERENCE, *costs], rounds=rounds)
    for number in range(1, rounds + 1):
        for cell, cost in {REFERENCE: 100.0, **costs}.items():
            objections = (objection("steal"),) if cost is None else ()
            run.record(make_measurement(cell, round=number, cpu_us=cost or 50.0, objections=objections))
    return run


def test_each_practice_is_beside_the_stack_without_it() -> None:
    report = collect(measured({BASE: 400.0, CACHALOT: 200.0, BOTH: 100.0, PAGES: 420.0}))

    (found,) = report.practices
    assert found.stack == "DRF by settings on granian WSGI"
    assert [step.label for step in found.steps] == [
        "without",
        "+ django-cachalot",
        "+ pages by hand",
        "+ pages by hand",
    ]
    assert [step.gain.value for step in found.steps if step.gain] == pytest.approx([0.5, 0.5, 1.05])
    assert report.ladders == ()


def test_the_verdict_says_what_each_practice_makes_of_the_stack_the_cheapest_first() -> None:
    report = collect(measured({BASE: 400.0, PAGES: 420.0, CACHALOT: 200.0, BOTH: 100.0}))

    said, *_others = verdict.sentences(report)
    assert said.startswith("DRF by settings on granian WSGI on user_list, beside the same without: 0.50x")
    assert re.sub(r" \[.*?\]", "", said).endswith("0.50x with django-cachalot; 1.05x with pages by hand.")


def test_a_proxy_in_front_is_beside_the_stack_without_it() -> None:
    proxied, behind = replace(BASE, stack="drf_settings~proxied"), replace(REFERENCE, stack="fastapi~proxied")
    report = collect(measured({BASE: 400.0, proxied: 440.0, behind: 150.0}))

    django, fastapi, *_others = (re.sub(r" \[.*?\]", "", one) for one in verdict.sentences(report))
    assert django == "DRF by settings on granian WSGI on user_list, beside the same without: 1.10x behind nginx."
    assert fastapi == "FastAPI on uvicorn on user_list, beside the same without: 1.50x behind nginx."
    assert [name for name, _changes in tables.changes(report)] == ["DRF by settings"]


def test_where_every_claim_was_measured_they_come_before_what_teams_add(monkeypatch: pytest.MonkeyPatch) -> None:
    report = collect(measured({BASE: 400.0, PAGES: 420.0}))
    page = html.page(report)
    assert page.index('id="ladder"') < page.index('id="claims"')

    rows = [replace(row, ratio="3.0x") for row in claims.rows(report)]
    monkeypatch.setattr(claims, "rows", lambda _report: rows)
    page = html.page(report)
    assert page.index('id="claims"') < page.index('id="ladder"')


def test_the_table_and_the_page_show_them() -> None:
    report = collect(measured({BASE: 400.0, CACHALOT: 200.0, PAGES: 420.0}))

    lines = list(ladder_table.lines(report.practices[0]))
    page = text_of(html.page(report))
    assert lines[0] == "DRF by settings on granian WSGI, user_list: practice by practice"
    assert "x without it" in lines[1]
    assert "with what teams add" in page
    assert "Beside the stack without it" in page
    assert "left to FastAPI by" not in page
    assert "DRF by settings + django-cachalot" in [stack for stack, _changes in tables.changes(report)]


def test_a_practice_is_drawn_from_the_cost_without_it() -> None:
    (fall,) = waterfall.build(collect(measured({BASE: 400.0, CACHALOT: 200.0, PAGES: 420.0})))

    assert "-200 µs" in fall.drawing
    assert "+20 µs" in fall.drawing
    assert "ahead of FastAPI" not in fall.drawing


def test_a_practice_without_valid_figures_is_named() -> None:
    report = collect(measured({BASE: 400.0, CACHALOT: None, PAGES: 420.0}))

    assert "No valid figures of DRF by settings + django-cachalot." in list(ladder_table.lines(report.practices[0]))
    assert waterfall.build(report)[0].left == ("No valid figures of DRF by settings + django-cachalot.",)


def test_without_the_stack_itself_nothing_is_known() -> None:
    assert collect(measured({BASE: None, CACHALOT: 200.0})).practices == ()


def test_a_scenario_that_a_practice_leaves_as_it_is_is_not_missed() -> None:
    run = measured({BASE: 400.0, CACHALOT: 200.0, replace(BASE, scenario="simple", concurrency=32): 50.0})

    assert collect(run).not_offered == {}
