from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from perfcompare.models import Run
from perfcompare.report.data.collection import collect
from perfcompare.report.sections import sweeps
from perfcompare.report.writers import html
from tests.perfcompare.factories import DRF, FASTAPI, make_measured_run, make_measurement, make_run, objection
from tests.perfcompare.report.lines import stretches
from tests.perfcompare.report.writers.test_html import text_of

pytestmark = pytest.mark.django_db


def swept(answers: Mapping[tuple[str, int], int], *, invalid: tuple[tuple[str, int], ...] = ()) -> Run:
    """Stack and connections to the answers of each window; `invalid` ones are no figures."""
    stacks = {"fastapi": FASTAPI, "drf": DRF}
    cells = [replace(stacks[stack], concurrency=level) for stack, level in answers]
    run = make_run(cells, rounds=3)
    for number in range(1, 4):
        for cell in cells:
            load = {"answers": answers[cell.stack, cell.concurrency]}
            reasons = (objection("steal"),) if (cell.stack, cell.concurrency) in invalid else ()
            run.record(make_measurement(cell, round=number, load=load, objections=reasons))
    return run


CROSSING = {("fastapi", 1): 900, ("drf", 1): 1000, ("fastapi", 64): 3000, ("drf", 64): 1500}
HOLED = {**CROSSING, ("fastapi", 16): 1200, ("drf", 16): 1200}
HOLE = (("fastapi", 16),)


def test_several_concurrencies_are_lines_with_their_crossing() -> None:
    (sweep,) = sweeps.build(collect(swept(CROSSING)))

    assert sweep.crossovers == ("FastAPI on uvicorn overtakes DRF on gunicorn gthread between 1 and 64 connections.",)
    assert [track.knee for track in sweep.tracks] == ["knee at 64", "knee at 64"]
    assert len(sweep.drawings) == 3


def test_one_concurrency_is_no_sweep() -> None:
    assert sweeps.build(collect(make_measured_run())) == ()


def test_a_level_without_valid_figures_is_a_gap_and_no_straight_line() -> None:
    (sweep,) = sweeps.build(collect(swept(HOLED, invalid=HOLE)))

    for _title, drawing in sweep.drawings[:2]:
        # DRF's line through three levels; FastAPI's first and last are points with nothing between
        assert [len(stretch) for stretch in stretches(drawing)] == [3]
        assert drawing.count("<circle") == 2


def test_what_a_missing_level_leaves_open_is_said() -> None:
    report = collect(swept(HOLED, invalid=HOLE))
    (sweep,) = sweeps.build(report)

    assert [track.knee for track in sweep.tracks] == ["knee at 64", "knee at 64 (not known at 16)"]
    assert sweep.crossovers[0].endswith("between 1 and 64 connections (not known at 16).")
    (row,) = [row for row in sweep.rows if (row["stack"], row["connections"]) == ("fastapi", "16")]
    assert (row["goodput"], row["rounds"]) == ("not known", "0/3")
    assert "(not known at 16)" in text_of(html.page(report))


def test_a_sweep_with_one_valid_level_is_still_one_and_says_what_is_missing() -> None:
    run = swept(CROSSING, invalid=(("fastapi", 1), ("drf", 1), ("drf", 64)))

    (sweep,) = sweeps.build(collect(run))

    assert [track.knee for track in sweep.tracks] == ["no valid figures", "knee at 64 (not known at 1)"]
    assert "one concurrency only" not in html.page(collect(run))
