from __future__ import annotations

import re
from dataclasses import replace

import pytest

from perfcompare.report.data.collection import collect
from perfcompare.report.findings.remedies import CAUSES
from perfcompare.report.writers.markdown import as_markdown
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


def test_markdown_has_the_verdict_and_a_table() -> None:
    run = make_measured_run(cpu_us=310.0)

    text = as_markdown(run, collect(run))

    assert "- `DRF on gunicorn gthread` costs 3.10x the CPU per request of `FastAPI on uvicorn`" in text
    assert "| `drf` | `gunicorn_gthread` | 310 | 3.10x | - | 500 | 1.00x | 4.00 | 50.0 | 1/1 |" in text


def test_every_row_of_a_markdown_table_has_as_many_columns_as_its_head() -> None:
    run = make_run([HOSTILE_CELL])
    run.record(make_measurement(HOSTILE_CELL))

    rows = [line for line in as_markdown(run, collect(run)).splitlines() if line.startswith("|")]

    assert len(rows) == 3
    assert {row.count("|") for row in rows} == {11}


def test_names_in_markdown_are_code_and_nothing_else() -> None:
    reference = replace(FASTAPI, scenario=HOSTILE, concurrency=1)
    run = make_run([HOSTILE_CELL, reference], label=HOSTILE, rounds=2)
    for cell in (HOSTILE_CELL, reference):
        run.record(make_measurement(cell, generator=HOSTILE))
    run.record(make_failure(HOSTILE_CELL, round=2, reason=HOSTILE))

    outside = re.sub(r"`[^`\n]*`", "", as_markdown(run, collect(run)))

    assert "script" not in outside
    assert "@team" not in outside
    assert "\x1b" not in outside
    assert "=1+1" not in outside


def test_markdown_tells_what_is_missing() -> None:
    run = make_run(rounds=2)
    run.record(make_failure(DRF, reason="died"))

    text = as_markdown(run, collect(run))

    assert "- excluded: `simple drf on gunicorn_gthread, 32 connections`, round 1: `died`" in text
    assert "- not measured: `simple drf on gunicorn_gthread, 32 connections`: 1 of 2 rounds" in text


def test_markdown_says_what_the_noise_floor_is_or_that_there_is_none() -> None:
    measured, empty = make_measured_run(rounds=3), make_run()

    assert collect(measured).noise in as_markdown(measured, collect(measured))
    assert "Noise floor: No stack was measured beside its twin" in as_markdown(empty, collect(empty))


def test_markdown_says_what_to_do_about_a_noisy_trial() -> None:
    run = make_run(rounds=1)
    run.record(make_measurement(DRF, objections=(objection("steal", "the hypervisor gave 5.0% to others."),)))

    assert f"- `steal` (1): {CAUSES['steal'].cause} {CAUSES['steal'].way_out}" in as_markdown(run, collect(run))
