from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from perfcompare.core.measurement import Anchor
from perfcompare.models import Run, side_results
from perfcompare.models.side_results import Serialising, Way
from perfcompare.report.data.collection import collect
from perfcompare.report.findings import claims
from perfcompare.report.findings.claims import Row
from perfcompare.report.writers import html
from tests.perfcompare.factories import (
    DRF,
    FASTAPI,
    make_environment,
    make_measured_run,
    make_measurement,
    make_run,
    objection,
)

pytestmark = pytest.mark.django_db
MEMORY = "Memory, peak at 1000 connections and 4 workers"


def rows(fastapi: int, drf: int, *, scenario: str = "simple", concurrency: int = 32, **given: Any) -> dict[str, Row]:
    """Of a run whose stacks give so many answers a core and second, and half as many a second."""
    cells = [replace(cell, scenario=scenario, concurrency=concurrency) for cell in (FASTAPI, DRF)]
    run = make_run(cells, rounds=3)
    for number in range(1, 4):
        for cell, answers in zip(cells, (fastapi, drf), strict=True):
            run.record(make_measurement(cell, round=number, load={"answers": answers}, cpu_us=1e6 / answers, **given))
    return {row.claim.aspect: row for row in claims.rows(collect(run))}


@pytest.mark.parametrize(
    ("drf", "judgement"), [(1000, "as claimed"), (2000, "less than claimed"), (500, "more than claimed")]
)
def test_a_claim_is_held_against_the_measured_ratio(drf: int, judgement: str) -> None:
    row = rows(3800, drf)["Simple JSON, requests per second"]

    assert row.judgement == judgement
    assert row.ratio.startswith(f"{3800 / drf:.2f}x [")
    assert (row.fastapi, row.rounds) == ("3,800 /s", "3/3")


def test_a_claim_that_was_not_measured_names_what_measures_it() -> None:
    row = rows(3800, 1000)["Memory, peak at 1000 connections and 4 workers"]

    assert (row.judgement, row.ratio) == ("not measured", "")
    assert row.claim.command.endswith("--sequential --concurrency 1000 --workers 4")


def test_a_claim_about_many_connections_needs_them() -> None:
    found = rows(3800, 1000, concurrency=1000)

    for aspect in (MEMORY, "Memory, idle with 4 workers"):
        assert found[aspect].ratio.startswith("1.00x")


def latency_row(anchor: Anchor, *, fastapi_ms: float = 2.0, drf_ms: float = 7.6) -> Row:
    """The claim about latency in a run with latencies at a rate that is a share of `anchor`'s peak."""
    run = make_run(rounds=3, options={"cells": [], "interleaved": True})
    for number in range(1, 4):
        for cell, p50_ms in ((FASTAPI, fastapi_ms), (DRF, drf_ms)):
            run.record(make_measurement(cell, round=number, in_turns=True, load={"latency": None}))
            paced = replace(cell, share=60, anchor=anchor)
            run.record(make_measurement(paced, round=number, rate=100.0, load={"due": 200, "p50_ms": p50_ms}))
    return {row.claim.aspect: row for row in claims.rows(collect(run))}["Simple JSON, latency"]


def test_the_claim_about_latency_is_held_against_latencies_at_equal_load() -> None:
    row = latency_row(Anchor.SLOWEST)

    assert (row.fastapi, row.drf) == ("2.20 ms", "8.36 ms")  # means
    assert row.ratio.startswith("3.80x [")
    assert row.judgement == "as claimed"


@pytest.mark.parametrize("anchor", [Anchor.REFERENCE, Anchor.OWN])
def test_latencies_at_another_load_prove_no_claim(anchor: Anchor) -> None:
    assert latency_row(anchor).judgement == "not measured"


def test_latencies_of_a_closed_loop_prove_no_claim() -> None:
    assert rows(3800, 1000)["Simple JSON, latency"].judgement == "not measured"


def test_invalid_figures_prove_no_claim() -> None:
    row = rows(3800, 1000, objections=(objection("errors", "too many"),))["Simple JSON, requests per second"]

    assert row.judgement == "not measured"


def test_every_published_row_is_there() -> None:
    assert len(claims.rows(collect(make_measured_run()))) == 9


def serialised(drf: float, **environment: Any) -> None:
    run = make_run((), preset="serialize", environment=make_environment(**environment))
    ways = [Way(name="drf", seconds=(drf,) * 5), Way(name="pydantic", seconds=(0.02,) * 5)]
    side_results.keep_serialising(run, Serialising(users=10_000, ways=tuple(ways)))


def test_serialisers_measured_on_this_machine_stand_in_the_report_of_every_run_there() -> None:
    serialised(0.08)
    row = rows(3800, 1000)["Flat serialisation, 10,000 objects in process"]

    assert (row.fastapi, row.drf, row.judgement) == ("20.0 ms", "80.0 ms", "less than claimed")
    assert row.ratio.startswith("4.00x [")
    assert "10,000 users" in row.source


def test_serialisers_measured_elsewhere_prove_nothing_here() -> None:
    serialised(0.08, cpu_model="Another 2")

    assert rows(3800, 1000)["Flat serialisation, 10,000 objects in process"].judgement == "not measured"


def test_a_run_of_serialisers_alone_has_a_page() -> None:
    serialised(0.08)

    page = html.page(collect(Run.objects.newest()))

    assert "80.0 ms" in page
    assert "Load: none" in page


def test_memory_under_many_connections_may_come_from_another_run_of_the_machine() -> None:
    cells = [replace(cell, concurrency=1000) for cell in (FASTAPI, DRF)]
    run = make_run(cells, rounds=3, options={"cells": [], "workers": 4})
    for number in range(1, 4):
        for cell, peak in zip(cells, (100, 300), strict=True):
            usage = {"pss_peak_kib": peak * 1024, "pss_idle_kib": peak * 512}
            run.record(make_measurement(cell, round=number, usage=usage))

    found = {row.claim.aspect: row for row in claims.rows(collect(make_measured_run(cpu_us=310.0)))}

    peak_row, idle_row = found[MEMORY], found["Memory, idle with 4 workers"]
    assert (peak_row.fastapi, peak_row.drf, peak_row.source) == ("100 MiB", "300 MiB", f"run {run.pk}")
    assert (idle_row.fastapi, idle_row.drf, idle_row.source) == ("50.0 MiB", "150 MiB", f"run {run.pk}")
    assert peak_row.ratio.startswith("3.00x")
    assert idle_row.ratio.startswith("3.00x")


def test_rounds_without_the_memory_of_both_do_not_count() -> None:
    cells = [replace(cell, concurrency=1000) for cell in (FASTAPI, DRF)]
    run = make_run(cells, rounds=3, options={"cells": [], "workers": 4})
    for number in range(1, 4):
        for cell, peak in zip(cells, (100, 300), strict=True):
            idle = None if cell.stack == "drf" and number < 3 else peak * 512
            usage = {"pss_peak_kib": peak * 1024, "pss_idle_kib": idle}
            run.record(make_measurement(cell, round=number, usage=usage))

    found = {row.claim.aspect: row for row in claims.rows(collect(make_measured_run(cpu_us=310.0)))}

    row = found["Memory, idle with 4 workers"]
    assert (row.fastapi, row.drf, row.rounds) == ("50.0 MiB", "150 MiB", "1/1")


def test_memory_of_another_number_of_workers_is_not_shown() -> None:
    cells = [replace(cell, concurrency=1000) for cell in (FASTAPI, DRF)]
    run = make_run(cells, options={"cells": [], "workers": 1})
    for cell in cells:
        run.record(make_measurement(cell))

    row = {row.claim.aspect: row for row in claims.rows(collect(make_measured_run(cpu_us=310.0)))}[MEMORY]

    assert row.judgement == "not measured"
