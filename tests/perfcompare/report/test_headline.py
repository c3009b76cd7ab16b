from __future__ import annotations

from dataclasses import replace

import pytest

from perfcompare.models import Run
from perfcompare.report import export, headline, html, waterfall
from perfcompare.report.collect import collect
from tests.perfcompare.factories import DRF, FASTAPI, make_measured_run, make_measurement, make_run
from tests.perfcompare.report.tuned import TUNED, laddered

pytestmark = pytest.mark.django_db


def compared(tuned_us: float, rounds: int = 3) -> Run:
    tuned = replace(DRF, stack=TUNED)
    run = make_run([FASTAPI, DRF, tuned], rounds=rounds)
    for number in range(1, rounds + 1):
        for cell, cost in ((FASTAPI, 100.0), (DRF, 300.0), (tuned, tuned_us)):
            run.record(make_measurement(cell, round=number, cpu_us=cost))
    return run


@pytest.mark.usefixtures("_tuned")
def test_the_answer_says_how_far_and_what_closes_it() -> None:
    said = headline.sentences(collect(compared(105.0)))

    assert said[0] == "DRF as it comes costs 3.00x [3.00, 3.00] FastAPI's CPU per request on simple."
    assert said[1].startswith("With 2 changes (first lever, second lever) DRF tuned costs 1.05x")
    assert said[2] == "That closes the gap to within 10% in the one compared scenario."


@pytest.mark.usefixtures("_tuned")
def test_the_answer_says_what_stays_open() -> None:
    said = headline.sentences(collect(compared(200.0)))

    assert "closes the gap to within 10% in 0 of 1 scenarios. Still dearer than FastAPI: simple 2.00x" in said[2]


@pytest.mark.usefixtures("_tuned")
def test_with_a_noise_floor_the_answer_says_that_it_is_the_limit() -> None:
    run = compared(100.0, rounds=5)
    for number in range(1, 6):
        run.record(make_measurement(replace(FASTAPI, stack="fastapi~twin"), round=number, cpu_us=101.0))

    said = headline.sentences(collect(run))

    assert said[2] == "That closes the gap to within this run's noise in the one compared scenario."


@pytest.mark.usefixtures("_tuned")
def test_page_and_markdown_state_the_limit() -> None:
    run = compared(105.0)

    assert "closes the gap to within 10% in the one" in html.page(collect(run))
    assert "closes the gap to within 10% in the one" in export.as_markdown(run, collect(run))


@pytest.mark.usefixtures("_tuned")
def test_a_tuned_stack_without_valid_figures_is_not_said_to_be_missing() -> None:
    run = make_run([FASTAPI, DRF, replace(DRF, stack=TUNED)], rounds=3)
    for number in range(1, 4):
        for cell, reasons in ((FASTAPI, ()), (DRF, ()), (replace(DRF, stack=TUNED), ("steal: made up.",))):
            run.record(make_measurement(cell, round=number, invalid=reasons))

    assert headline.sentences(collect(run))[1] == (
        "No stack with levers has valid figures where DRF has some, so this run does not tell what closes the gap."
    )


def test_without_a_tuned_stack_the_answer_does_not_promise_anything() -> None:
    assert "does not tell what closes the gap" in headline.sentences(collect(make_measured_run()))[1]


def test_without_the_reference_there_is_no_answer() -> None:
    run = make_run([DRF])
    run.record(make_measurement(DRF))

    assert headline.sentences(collect(run)) == ()
    assert headline.drawing(collect(run)) is None


@pytest.mark.usefixtures("_tuned")
def test_a_ladder_says_what_each_lever_gives_and_what_is_left() -> None:
    report = collect(laddered(300.0, 150.0, 120.0))

    (ladder,) = report.ladders
    gains = [step.gain.value for step in ladder.steps if step.gain]
    (fall,) = waterfall.of(report)
    assert [step.label for step in ladder.steps] == ["no levers yet", "+ first lever", "+ second lever"]
    assert gains == pytest.approx([0.5, 0.8])
    assert "-150 µs" in fall.drawing
    assert "left to FastAPI" in fall.drawing
    assert "1.20x" in fall.left[0]


@pytest.mark.usefixtures("_tuned")
def test_a_lever_that_makes_it_dearer_is_drawn_as_one() -> None:
    (fall,) = waterfall.of(collect(laddered(300.0, 150.0, 180.0)))

    assert 'class="bar loss"' in fall.drawing
    assert "+30 µs" in fall.drawing


@pytest.mark.usefixtures("_tuned")
def test_steps_of_a_ladder_are_no_contenders() -> None:
    report = collect(laddered(300.0, 150.0, 120.0))

    assert {cell.cell.stack for cell in report.cells if cell.contender} == {"fastapi"}
