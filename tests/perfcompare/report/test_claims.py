from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from perfcompare.report import claims
from perfcompare.report.claims import Row
from perfcompare.report.collect import collect
from tests.perfcompare.factories import DRF, FASTAPI, make_measured_run, make_measurement, make_run

pytestmark = pytest.mark.django_db


def rows(fastapi: int, drf: int, *, scenario: str = "simple", concurrency: int = 32, **given: Any) -> dict[str, Row]:
    cells = [replace(cell, scenario=scenario, concurrency=concurrency) for cell in (FASTAPI, DRF)]
    run = make_run(cells, rounds=3)
    for number in range(1, 4):
        for cell, answers in zip(cells, (fastapi, drf), strict=True):
            run.record(make_measurement(cell, round=number, load={"answers": answers}, **given))
    return {row.claim.aspect: row for row in claims.rows(collect(run))}


@pytest.mark.parametrize(
    ("drf", "judgement"), [(1000, "as claimed"), (2000, "less than claimed"), (500, "more than claimed")]
)
def test_a_claim_is_held_against_the_measured_ratio(drf: int, judgement: str) -> None:
    row = rows(3800, drf)["Simple JSON, requests per second"]

    assert row.judgement == judgement
    assert row.ratio.startswith(f"{3800 / drf:.2f}x [")
    assert (row.fastapi, row.rounds) == ("1,900 /s", "3/3")


def test_a_claim_that_was_not_measured_names_what_measures_it() -> None:
    row = rows(3800, 1000)["Memory, peak at 1000 connections and 4 workers"]

    assert (row.judgement, row.ratio) == ("not measured", "")
    assert row.claim.command.endswith("--concurrency 1000 --workers 4")


def test_a_claim_about_many_connections_needs_them() -> None:
    row = rows(3800, 1000, concurrency=1000)["Memory, peak at 1000 connections and 4 workers"]

    assert row.ratio.startswith("1.00x")


def test_invalid_figures_prove_no_claim() -> None:
    row = rows(3800, 1000, invalid=("errors: too many",))["Simple JSON, requests per second"]

    assert row.judgement == "not measured"


def test_every_published_row_is_there() -> None:
    assert len(claims.rows(collect(make_measured_run()))) == 8
