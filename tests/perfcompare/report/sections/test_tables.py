from __future__ import annotations

from dataclasses import replace

import pytest

from perfcompare.report.data.collection import collect
from perfcompare.report.sections import tables
from perfcompare.report.writers import html
from tests.perfcompare.factories import DRF, FASTAPI, make_measurement, make_run
from tests.perfcompare.report.writers.test_html import text_of

pytestmark = pytest.mark.django_db


def test_what_stacks_change_is_shown_settings_first_with_its_cost_and_lines() -> None:
    cells = [FASTAPI, DRF, *(replace(DRF, stack=name, server="granian_wsgi") for name in ("drf_tuned", "drf_settings"))]
    run = make_run(cells)
    for cell in cells:
        run.record(make_measurement(cell))

    report = collect(run)
    found = [(stack, [one.label for one in made]) for stack, made in tables.changes(report)]

    assert found[0] == ("DRF by settings", ["persistent connections", "granian"])
    assert (found[1][0], found[1][1][:2]) == ("DRF tuned", ["granian", "database connections"])
    page = text_of(html.page(report))
    assert "DRF by settings: 2 changes persistent connections A thread of the server keeps" in page
    assert "[&quot;CONN_MAX_AGE&quot;] = None" in page
    assert "INSTALLED_APPS += [&quot;perfcompare.levers.database_connections" in page
    assert "{{" not in page
