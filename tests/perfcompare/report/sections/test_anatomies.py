from __future__ import annotations

import json
from dataclasses import replace

import pytest

from perfcompare.models import Run, side_results
from perfcompare.models.importing import NotAnExportError, imported
from perfcompare.models.side_results import Anatomy, Group, Part
from perfcompare.report.data.collection import collect
from perfcompare.report.sections import anatomies
from perfcompare.report.writers import html
from perfcompare.report.writers.json import as_json
from perfcompare.report.writers.markdown import as_markdown
from tests.perfcompare.factories import DRF, FASTAPI, make_measured_run

pytestmark = pytest.mark.django_db
TAKEN = Anatomy(
    cell=DRF,
    under_server=300.0,
    valid=3,
    floor=40.0,
    in_process=220.0,
    layers=(Part(name="server", cpu_us=20.0), Part(name="rendering", cpu_us=50.0), Part(name="ORM", cpu_us=150.0)),
    by_difference=(Part(name="middleware", cpu_us=-3.0),),
    groups=(Group(name="inside the view", by_difference=180.0, by_sampling=200.0),),
    disagreement=0.09,
    hops=1.0,
    threads=0.0,
    statements=2.0,
)


def taken_apart(*found: Anatomy) -> Run:
    run = make_measured_run(rounds=3)
    side_results.keep_anatomies(run, found)
    run.refresh_from_db()
    return run


def test_what_was_kept_is_read_again() -> None:
    assert side_results.anatomies(taken_apart(TAKEN).options) == (TAKEN,)


def test_the_parts_of_a_bar_add_up_to_the_whole_cost() -> None:
    assert sum(anatomies._parts(TAKEN).values()) == pytest.approx(300.0)
    assert anatomies._parts(TAKEN)[anatomies.OWN] == pytest.approx(100.0)


def test_cells_of_one_scenario_stand_beside_each_other_the_cheapest_first() -> None:
    cheap = replace(TAKEN, cell=FASTAPI, under_server=250.0)

    (found,) = anatomies.build(collect(taken_apart(TAKEN, cheap)))

    assert [head.split()[0] for head, _link in found.heads] == ["FastAPI", "DRF"]
    figures = {name: row for _title, rows in found.groups for name, row in rows}
    assert figures["ORM"] == ("150", "150")
    assert figures["SQL statements per request"] == ("2", "2")
    assert [name for _number, name in found.keys] == [anatomies.OWN, "ORM", "rendering"]


def test_trials_that_are_not_valid_and_noise_are_said_on_the_page() -> None:
    page = html.page(collect(taken_apart(replace(TAKEN, valid=0, in_process=400.0))))

    assert "No trial was valid of DRF on" in page
    assert "less under its server than without one" in page


def test_a_page_without_anatomies_has_no_such_section() -> None:
    assert 'id="layers"' not in html.page(collect(make_measured_run()))


def test_an_export_carries_them_and_a_broken_one_is_refused() -> None:
    run = taken_apart(TAKEN)
    document = as_json(run, collect(run))

    assert side_results.anatomies(imported(document).options) == (TAKEN,)
    broken = json.loads(document)
    broken["run"]["options"]["anatomy"][0]["hops"] = "many"
    with pytest.raises(NotAnExportError, match="not a number"):
        imported(json.dumps(broken))


def test_markdown_has_every_layer_with_a_figure_for_each_cell() -> None:
    run = taken_apart(TAKEN, replace(TAKEN, cell=FASTAPI, under_server=250.0))

    text = as_markdown(run, collect(run))

    assert "### Layers of `simple`" in text
    assert "| `rendering` | 50.0 | 50.0 |" in text
    assert "| `under its server` | 250 | 300 |" in text
    rows = text[text.index("### Layers") :].splitlines()
    assert {row.count("|") for row in rows if row.startswith("|")} == {4}
