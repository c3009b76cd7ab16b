from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from perfcompare.report.data.collection import collect
from perfcompare.report.writers import html
from tests.perfcompare.factories import (
    DRF,
    FASTAPI,
    make_failure,
    make_measured_run,
    make_measurement,
    make_run,
    objection,
)
from tests.perfcompare.report.hostile import HOSTILE, HOSTILE_CELL

pytestmark = pytest.mark.django_db
VOID = {"meta", "link", "br", "rect", "path", "input"}


class Page(HTMLParser):
    """The elements of a page, with their attributes, and whether they are closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:  # a piece of a bar holds its name
            assert self.open.pop() == tag

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _attributes in self.elements)

    def values(self, attribute: str) -> set[str]:
        return {attributes[attribute] or "" for _tag, attributes in self.elements if attribute in attributes}


def text_of(page: str) -> str:
    """What a reader sees."""
    return " ".join(re.sub(r"<[^>]*>", " ", page.partition("</style>")[2]).split())


def test_the_verdict_comes_first_and_the_rest_in_order() -> None:
    page = html.page(collect(make_measured_run(cpu_us=310.0)))

    ids = ["verdict", "claims", "gap", "cpu", "ladder", "concurrency", "goodput", "latency", "memory", "anatomy"]
    ids += ["recommendation", "table", "validity", "environment", "commands", "method"]
    places = [page.index(f'id="{one}"') for one in ids]
    assert places == sorted(places)
    assert "DRF as it comes costs 3.10x FastAPI&#x27;s CPU per request on simple." in text_of(page)
    assert "DRF on gunicorn gthread costs 3.10x the CPU per request of FastAPI on uvicorn on simple." in text_of(page)


def test_nothing_is_asked_of_another_file() -> None:
    page = Page(html.page(collect(make_measured_run(rounds=3))))

    addresses = page.values("href") | page.values("src")
    assert {address for address in addresses if not address.startswith(("#", "data:"))} == set()
    assert page.count("script") == 1
    assert page.values("src") == set()


def test_every_element_is_closed_and_every_id_is_given_once() -> None:
    page = Page(html.page(collect(make_measured_run(rounds=3))))

    ids = [attributes["id"] for _tag, attributes in page.elements if "id" in attributes]
    assert page.open == []
    assert len(ids) == len(set(ids))


def test_every_inner_link_leads_somewhere() -> None:
    run = make_measured_run(rounds=2)
    run.record(make_failure(replace(DRF, scenario="items")))
    page = Page(html.page(collect(run)))

    assert {one[1:] for one in page.values("href") if one.startswith("#")} <= page.values("id")


def test_there_is_a_table_behind_every_chart() -> None:
    page = html.page(collect(make_measured_run()))

    figures = re.findall(r"<figure.*?</figure>", page, re.DOTALL)
    assert len(figures) == 6
    assert all("<svg" in one and "<table>" in one for one in figures)


def test_a_figure_of_a_chart_is_the_stored_one_with_its_interval_and_rounds() -> None:
    page = html.page(collect(make_measured_run(rounds=3, cpu_us=310.0)))

    figure = text_of("</style>" + page[page.index('id="cpu"') : page.index('id="ladder"')])
    assert "DRF on gunicorn gthread 310 µs · 3.10x [3.10, 3.10]" in figure
    assert "310 µs [310, 310] 3.10x [3.10, 3.10] 3/3" in figure


def test_headings_say_which_direction_is_good() -> None:
    headings = re.findall(r"<h2[^>]*>(.*?)</h2>", html.page(collect(make_measured_run())))

    directed = [heading for heading in headings if "better" in heading]
    assert len(directed) == 7


def test_s5_names_are_text_everywhere() -> None:
    reference = replace(FASTAPI, scenario=HOSTILE, concurrency=1)
    run = make_run([HOSTILE_CELL, reference], label=HOSTILE, note=HOSTILE, command=HOSTILE, rounds=2)
    for cell in (HOSTILE_CELL, reference):
        run.record(make_measurement(cell, generator=HOSTILE, command=(HOSTILE,)))
    run.record(make_failure(HOSTILE_CELL, round=2, reason=HOSTILE))

    text = html.page(collect(run))
    page = Page(text)

    assert page.count("script") == 1
    assert "<script>alert" not in text
    assert page.count("code") == Page(html.page(collect(make_run()))).count("code")
    assert not {name for _tag, attributes in page.elements for name in attributes if name.startswith("on")}


def test_what_was_excluded_is_shown_with_its_reason() -> None:
    run = make_run(rounds=2)
    run.record(make_measurement(FASTAPI, objections=(objection("too few samples"),)))
    run.record(make_failure(DRF, reason="died at once"))

    shown = text_of(html.page(collect(run)))

    assert "simple fastapi on uvicorn, 32 connections 1 all figures too few samples: much." in shown
    assert "simple drf on gunicorn_gthread, 32 connections 1 failed died at once" in shown
    assert "2 trials with figures that are not used, 2 cells not fully measured" in shown
    assert "simple drf on gunicorn_gthread, 32 connections: 1 of 2 rounds" in shown


def test_nothing_excluded_is_said() -> None:
    shown = text_of(html.page(collect(make_measured_run())))

    assert "Nothing was excluded." in shown
    assert "Every planned cell was measured in every round." in shown


def test_the_table_at_the_top_tells_why_a_field_is_empty() -> None:
    floor = replace(FASTAPI, stack="floor", server="granian_wsgi")
    cells = [FASTAPI, DRF, floor, *(replace(cell, scenario="items") for cell in (FASTAPI, DRF))]
    run = make_run(cells)
    run.record(make_failure(DRF))

    glance = re.findall(r'<td class="none"[^>]*>([^<]*)</td>', html.page(collect(run)))

    assert {"no valid figures", "not measured", "not offered"} <= set(glance)


@pytest.mark.parametrize(("cost", "distance"), [(100.0, "near"), (150.0, "middle"), (310.0, "far")])
def test_the_table_at_the_top_tells_how_far(cost: float, distance: str) -> None:
    assert f'<td class="{distance}"' in html.page(collect(make_measured_run(cpu_us=cost)))


def test_the_environment_is_shown_whole() -> None:
    shown = text_of(html.page(collect(make_measured_run())))

    assert "cpu_model Imaginary 1" in shown
    assert "packages: Django 5.2.19" in shown


def test_the_commands_are_shown() -> None:
    shown = text_of(html.page(collect(make_measured_run())))

    assert "manage.py perfcompare run" in shown
    assert "python -m gunicorn_gthread --port 8001" in shown


def test_a_run_without_a_measurement_has_a_page() -> None:
    assert "no valid figures of FastAPI" in text_of(html.page(collect(make_run())))


def test_a_run_without_a_plan_has_a_page() -> None:
    assert "does not include the reference" in text_of(html.page(collect(make_run([]))))
