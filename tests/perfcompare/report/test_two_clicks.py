"""From every figure on the pages, at most two clicks lead to the SQL and the profile of its stack and scenario."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from perfcompare.models import Run, side_results
from perfcompare.report.data.kinds import kind
from perfcompare.report.sections.tables import COLUMNS
from perfcompare.runner.rates import equal
from perfcompare.targets.demonstration.catalog import CATALOG
from tests.perfcompare.factories import DRF, FASTAPI, make_measurement, make_profile, make_run, objection
from tests.perfcompare.report.dom import Element, read
from tests.perfcompare.report.sections.test_anatomies import TAKEN
from tests.perfcompare.report.tuned import TUNED
from users.models import User

pytestmark = [pytest.mark.django_db(databases=["default", "profiles"]), pytest.mark.usefixtures("_tuned")]
ABOUT_NO_STACK = ("environment", "commands", "method")
"""Parts of the page whose numbers are of no stack in no scenario; so are those of the tables of class `causes`."""
UNMEASURED = "not measured in this run"
"""What stands beside a published figure of which this run has none."""
TWIN = replace(FASTAPI, stack="fastapi~twin")
STEPS = tuple(replace(DRF, stack=f"{TUNED}@{number}") for number in range(2))
COSTS = {FASTAPI: 100.0, TWIN: 101.0, DRF: 300.0, replace(DRF, stack=TUNED): 120.0, STEPS[0]: 290.0, STEPS[1]: 200.0}


@pytest.fixture
def run() -> Run:
    """A run with something in every part of the page."""
    levels = [replace(cell, concurrency=64) for cell in (FASTAPI, DRF)]
    paced = [replace(cell, share=50) for cell in (FASTAPI, DRF)] + list(equal([FASTAPI, DRF]))
    lists = [replace(cell, scenario="user_list") for cell in (FASTAPI, DRF)]
    second = replace(DRF, instrument="locust")
    run = make_run([*COSTS, *levels, *paced, *lists], rounds=4)
    for number in range(1, 5):
        for cell in [*COSTS, *levels, *paced, *lists, second]:
            objections = (objection("steal"),) if number == 4 else ()
            run.record(make_measurement(cell, round=number, cpu_us=COSTS.get(cell, 150.0), objections=objections))
    run.end(Run.State.FINISHED)
    side_results.keep_anatomies(run, (TAKEN, replace(TAKEN, cell=FASTAPI)))
    run.refresh_from_db()
    return run


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("ada@people.example", "Ada"))
    return client


def figures(page: Element) -> Iterator[tuple[str, list[str]]]:
    """Every row of a chart or a table that holds a number of a stack, and where its links lead."""
    (main,) = [one for one in page.all("main", "div") if one.attributes.get("id") in ("main", "content-main")][:1]
    for row in main.all("g", "tr"):
        if any(row.within(part) for part in ABOUT_NO_STACK) or not _counts(row):
            continue
        table = _table(row)
        heads = [] if table is None else [link for head in table.all("thead") for link in head.links]
        yield " ".join(row.text.split()), row.links or heads


def _counts(row: Element) -> bool:
    if row.tag == "g":
        return row.has_class("row")
    table = _table(row)
    if UNMEASURED in row.text or (table is not None and table.has_class("causes")):
        return False
    return any(re.search(r"\d", cell.text) for cell in row.all("td"))


def _table(row: Element) -> Element | None:
    above = row.above
    return above if above is None or above.tag == "table" else _table(above)


def reaches(client: Client, address: str, links: list[str]) -> bool:
    """Whether one of the links is the SQL and the profile, or leads to a place from which one is."""

    @cache
    def opened(target: str) -> Element:
        response = client.get(target)
        assert response.status_code == 200, target
        return read(response.content.decode())

    def profile(link: str) -> bool:
        return urlsplit(link).path == reverse("perfcompare:profile") and "SQL" in opened(link).text

    for link in links:
        target = urlsplit(urljoin(address, link))
        if profile(target.geturl()):
            return True
        part = opened(f"{target.path}?{target.query}").called(target.fragment or "main")
        if part is not None and any(profile(further) for further in part.links):
            return True
    return False


@pytest.mark.parametrize("name", ["run", "recommendation", "runs", "compare", "admin:perfcompare_run_change"])
def test_every_figure_is_two_clicks_from_its_sql_and_profile(staff: Client, run: Run, name: str) -> None:
    other = make_run([FASTAPI, DRF])
    for cell in (FASTAPI, DRF):
        other.record(make_measurement(cell))
        make_profile(stack=cell.stack)
    arguments = {"runs": [], "compare": [run.pk, other.pk]}.get(name, [run.pk])
    address = reverse(name if ":" in name else f"perfcompare:{name}", args=arguments)

    found = list(figures(read(staff.get(address).content.decode())))

    assert len(found) >= {"run": 60}.get(name, 2)
    assert [text for text, links in found if not reaches(staff, address, links)] == []


def test_a_figure_leads_to_the_profile_of_its_own_stack_and_scenario(staff: Client, run: Run) -> None:
    page = read(staff.get(run.get_absolute_url()).content.decode())

    table = page.called("table")
    assert table is not None
    rows = [row for row in table.all("tr") if len(list(row.all("td"))) > len(COLUMNS)]
    for row in rows:
        stack = row.attributes["data-stack"].partition("~")[0]
        scenario = _body(row).attributes["data-scenario"]
        assert row.links == [f"{reverse('perfcompare:profile')}?stack={stack.replace('@', '%40')}&scenario={scenario}"]
    assert {kind(CATALOG, row.attributes["data-stack"]).value for row in rows} >= {
        "reference",
        "plain",
        "tuned",
        "step",
    }


def _body(row: Element) -> Element:
    assert row.above is not None
    return row.above


def test_every_answer_of_the_first_screen_leads_on(staff: Client, run: Run) -> None:
    page = read(staff.get(run.get_absolute_url()).content.decode())

    (first,) = [one for one in page.all("section") if one.has_class("verdict")]
    assert "#gap" in first.links
    assert reaches(staff, run.get_absolute_url(), ["#gap"])


def test_a_measurement_in_the_admin_is_one_click_away(staff: Client, run: Run) -> None:
    page = read(staff.get(reverse("admin:perfcompare_measurement_changelist")).content.decode())

    rows = [row for table in page.all("tbody") for row in table.all("tr")]
    assert len(rows) >= run.measurements.count()
    assert all(any(reverse("perfcompare:profile") in link for link in row.links) for row in rows)
