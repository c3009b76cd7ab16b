"""Names with markup, quotes, control characters and formulas do nothing in what links, explains and takes apart."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from perfcompare.models import Run, profile_url, side_results
from perfcompare.models.profile import PROXY
from perfcompare.models.side_results import Part
from perfcompare.report.data.collection import collect
from perfcompare.report.writers.markdown import as_markdown
from tests.perfcompare.factories import FASTAPI, make_measurement, make_profile, make_run, objection
from tests.perfcompare.report.dom import read
from tests.perfcompare.report.hostile import HOSTILE, HOSTILE_CELL
from tests.perfcompare.report.sections.test_anatomies import TAKEN
from users.models import User

pytestmark = pytest.mark.django_db(databases=["default", "profiles"])


@pytest.fixture
def run() -> Run:
    reference = replace(FASTAPI, scenario=HOSTILE, concurrency=1)
    run = make_run([HOSTILE_CELL, reference], rounds=2)
    for cell in (HOSTILE_CELL, reference):
        run.record(make_measurement(cell))
        run.record(make_measurement(cell, round=2, objections=(objection(HOSTILE, HOSTILE),)))
    run.end(Run.State.FINISHED)
    side_results.keep_anatomies(
        run, (replace(TAKEN, cell=HOSTILE_CELL, by_difference=(Part(name=HOSTILE, cpu_us=1.0),)),)
    )
    run.refresh_from_db()
    return run


@pytest.mark.parametrize("name", ["perfcompare:run", "perfcompare:recommendation", "admin:perfcompare_run_change"])
def test_pages_show_them_and_their_links_stay_on_the_site(run: Run, client: Client, name: str) -> None:
    client.force_login(User.objects.create_superuser("ada@people.example", "Ada"))

    page = client.get(reverse(name, args=[run.pk])).content.decode()

    assert "<script>alert" not in page
    assert {link[0] for link in read(page).links} <= {"/", "#", "?"}


def test_sql_that_the_proxy_saw_is_text(client: Client) -> None:
    client.force_login(User.objects.create_superuser("ada@people.example", "Ada"))
    make_profile(statements=[{"sql": HOSTILE, "ms": None, "place": "", "seen": PROXY}])

    page = client.get(profile_url("drf", "simple")).content.decode()

    assert "As a proxy saw it" in page
    assert "<script>alert" not in page


def test_in_markdown_they_are_code_and_nothing_else(run: Run) -> None:
    text = as_markdown(run, collect(run))

    outside = re.sub(r"`[^`\n]*`", "", text)
    assert "Layers of" in outside
    assert not [bad for bad in ("script", "@team", "\x1b", "=1+1") if bad in outside]
