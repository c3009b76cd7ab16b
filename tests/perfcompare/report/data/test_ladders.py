from __future__ import annotations

from dataclasses import replace

import pytest

from perfcompare.report.data import ladders
from perfcompare.report.data.collection import collect
from perfcompare.report.data.report import Ladder
from perfcompare.report.sections import waterfall
from perfcompare.report.writers import html, ladder_table
from tests.perfcompare.factories import DRF, FASTAPI, make_measurement, make_run, objection
from tests.perfcompare.report.tuned import TUNED, laddered
from tests.perfcompare.report.writers.test_html import text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_tuned")]
BOTH = "+ first lever and second lever (steps 1-2)"


def ladder(*costs: float | None) -> Ladder:
    (found,) = collect(laddered(*costs)).ladders
    return found


def test_a_gain_across_a_step_without_valid_figures_is_of_all_levers_between() -> None:
    found = ladder(300.0, None, 120.0)

    assert [step.label for step in found.steps] == ["no levers yet", BOTH]
    assert found.steps[1].gain is not None
    assert found.steps[1].gain.value == pytest.approx(0.4)
    assert found.missing == ("1 (+ first lever)",)


def test_a_gain_of_neighbours_is_of_one_lever() -> None:
    found = ladder(300.0, 150.0, 120.0)

    assert [step.label for step in found.steps] == ["no levers yet", "+ first lever", "+ second lever"]
    assert found.missing == ()


def test_the_lowest_valid_step_says_what_it_holds_already() -> None:
    found = ladder(None, 150.0, 120.0)

    assert [step.label for step in found.steps] == ["with first lever (step 1)", "+ second lever"]
    assert found.steps[0].gain is None


def test_of_many_levers_between_the_first_are_named() -> None:
    steps = [replace(DRF, stack=f"drf_tuned@{number}") for number in (0, 5)]
    run = make_run([FASTAPI, *steps])
    for cell in (FASTAPI, *steps):
        run.record(make_measurement(cell))

    (found,) = collect(run).ladders

    assert found.steps[1].label == "+ database connections, orjson rendering and 3 more (steps 1-5)"


def test_the_text_of_a_ladder_keeps_the_whole_of_a_long_name() -> None:
    run = laddered(300.0, None, 120.0)
    (found,) = collect(run).ladders
    (named,) = [replace(step, label=f"+ {'long ' * 20}(steps 1-2)") for step in found.steps[1:]]

    lines = list(ladder_table.lines(replace(found, steps=(found.steps[0], named))))

    assert any(line.endswith("(steps 1-2)") for line in lines)
    assert "No valid figures of step 1 (+ first lever)." in lines


def test_the_drawing_gives_no_lever_what_several_did() -> None:
    (fall,) = waterfall.build(collect(laddered(300.0, None, 120.0)))

    assert "+ steps 1-2" in fall.drawing
    assert "second lever" not in fall.drawing
    assert [row[0] for _link, row in fall.rows] == ["no levers yet", BOTH]
    assert fall.left[0].startswith("No valid figures of step 1 (+ first lever)")


def test_the_last_valid_step_is_named_where_the_last_has_no_figures() -> None:
    (fall,) = waterfall.build(collect(laddered(300.0, 150.0, None)))

    assert "At step 1 it costs 1.50x" in " ".join(fall.left)
    assert "step 2 (+ second lever)" in fall.left[0]


def test_two_steps_that_share_no_valid_round_have_no_difference() -> None:
    steps = [replace(DRF, stack=f"{TUNED}@{number}") for number in (0, 1)]
    run = make_run([FASTAPI, *steps], rounds=2)
    for number in (1, 2):
        for cell in (FASTAPI, *steps):
            objections = (objection("steal"),) if cell == steps[number - 1] else ()
            run.record(make_measurement(cell, round=number, cpu_us=300.0 / number, objections=objections))

    (fall,) = waterfall.build(collect(run))

    assert fall.ladder.steps[1].gain is None
    assert 'class="bar loss"' not in fall.drawing
    assert "+150 µs" not in fall.drawing


def test_a_ladder_of_one_valid_step_is_said_to_tell_nothing() -> None:
    report = collect(laddered(300.0, None, None))

    said = "DRF tuned on gunicorn gthread, simple: 1 of 3 steps have valid figures, so the gain of levers is not known."
    assert report.ladders == ()
    assert ladders.unknown(report.catalog, report.blocks) == (said,)
    page = text_of(html.page(report))
    assert said in page
    assert "This run has no ladder" not in page
