from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from perfcompare.models import Run
from perfcompare.models.importing import SCHEMA_VERSION
from perfcompare.report.data.collection import collect
from perfcompare.report.findings.remedies import CAUSES
from perfcompare.report.writers import export
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
DOCUMENTATION = (Path(__file__).parents[3] / "docs" / "export.md").read_text(encoding="utf-8")


def exported(run: Run) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(export.as_json(run, collect(run)))
    return document


def lines(run: Run) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(export.as_csv(run, collect(run)))))


def test_json_holds_the_run_its_cells_and_its_measurements() -> None:
    run = make_measured_run(rounds=3, cpu_us=310.0, label="first")

    document = exported(run)

    assert (document["schema_version"], document["run"]["label"], document["run"]["state"]) == (2, "first", "finished")
    assert document["environment"]["facts"]["cores"] == 2
    assert len(document["measurements"]) == 6
    drf = next(cell for cell in document["cells"] if cell["stack"] == "drf")
    assert drf["rounds"] == {"planned": 3, "visited": 3, "valid": 3}
    assert drf["medians"]["server_cpu_us"] == pytest.approx(310.0)
    assert drf["cpu_ratio"]["interval"]["low"] == pytest.approx(3.1)


def test_json_holds_every_stored_figure() -> None:
    run = make_run()
    row = run.record(make_measurement(DRF))

    (measurement,) = exported(run)["measurements"]

    assert measurement["p999_ms"] == row.p999_ms
    assert measurement.keys() == set(export.MEASUREMENT_FIELDS)


def test_every_key_is_documented() -> None:
    document = exported(make_measured_run(rounds=3))
    parts = [document, document["run"], document["cells"][0], document["cells"][0]["cpu_ratio"]]
    keys = {key for part in [*parts, document["measurements"][0]] for key in part}

    undocumented = {key for key in keys if f"`{key}`" not in DOCUMENTATION}

    assert not undocumented
    assert f"`schema_version` {SCHEMA_VERSION}" in DOCUMENTATION


def test_csv_has_a_line_for_each_measurement() -> None:
    run = make_measured_run(rounds=2, cpu_us=310.0)

    found = lines(run)

    assert len(found) == 4
    assert [float(one["server_cpu_us"]) for one in found if one["stack"] == "drf"] == pytest.approx([310.0, 310.0])
    assert json.loads(found[0]["command"])[0] == "python"


def test_csv_leaves_an_absent_figure_empty() -> None:
    run = make_run()
    run.record(make_failure(DRF))

    assert lines(run)[0]["goodput"] == ""


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_a_formula_in_csv_is_text(name: str) -> None:
    run = make_run()
    run.record(make_failure(DRF, reason=name))

    assert lines(run)[0]["error"] == f"'{name}"


def test_a_negative_number_in_csv_stays_a_number() -> None:
    assert export.inert(-1.5) == -1.5


def test_csv_keeps_quotes_and_line_breaks_inside_their_field() -> None:
    run = make_run()
    run.record(make_failure(DRF, reason='a "b", c\nd'))

    assert lines(run)[0]["error"] == 'a "b", c\nd'


def test_markdown_has_the_verdict_and_a_table() -> None:
    run = make_measured_run(cpu_us=310.0)

    text = export.as_markdown(run, collect(run))

    assert "- `DRF on gunicorn gthread` costs 3.10x the CPU per request of `FastAPI on uvicorn`" in text
    assert "| `drf` | `gunicorn_gthread` | 310 | 3.10x | 500 | 1.00x | 4.00 | 50.0 | 1/1 |" in text


def test_every_row_of_a_markdown_table_has_as_many_columns_as_its_head() -> None:
    run = make_run([HOSTILE_CELL])
    run.record(make_measurement(HOSTILE_CELL))

    rows = [line for line in export.as_markdown(run, collect(run)).splitlines() if line.startswith("|")]

    assert len(rows) == 3
    assert {row.count("|") for row in rows} == {10}


def test_names_in_markdown_are_code_and_nothing_else() -> None:
    reference = replace(FASTAPI, scenario=HOSTILE, concurrency=1)
    run = make_run([HOSTILE_CELL, reference], label=HOSTILE, rounds=2)
    for cell in (HOSTILE_CELL, reference):
        run.record(make_measurement(cell, generator=HOSTILE))
    run.record(make_failure(HOSTILE_CELL, round=2, reason=HOSTILE))

    outside = re.sub(r"`[^`\n]*`", "", export.as_markdown(run, collect(run)))

    assert "script" not in outside
    assert "@team" not in outside
    assert "\x1b" not in outside
    assert "=1+1" not in outside


def test_markdown_tells_what_is_missing() -> None:
    run = make_run(rounds=2)
    run.record(make_failure(DRF, reason="died"))

    text = export.as_markdown(run, collect(run))

    assert "- excluded: `simple drf on gunicorn_gthread, 32 connections`, round 1: `died`" in text
    assert "- not measured: `simple drf on gunicorn_gthread, 32 connections`: 1 of 2 rounds" in text


def test_markdown_says_what_the_noise_floor_is_or_that_there_is_none() -> None:
    measured, empty = make_measured_run(rounds=3), make_run()

    assert collect(measured).noise in export.as_markdown(measured, collect(measured))
    assert "Noise floor: No stack was measured beside its twin" in export.as_markdown(empty, collect(empty))


def test_markdown_says_what_to_do_about_a_noisy_visit() -> None:
    run = make_run(rounds=1)
    run.record(make_measurement(DRF, objections=(objection("steal", "the hypervisor gave 5.0% to others."),)))

    assert f"- `steal` (1): {CAUSES['steal'].cause} {CAUSES['steal'].way_out}" in export.as_markdown(run, collect(run))
