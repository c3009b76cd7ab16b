from __future__ import annotations

from dataclasses import replace

import pytest

from perfcompare.report.data.collection import collect
from perfcompare.report.findings import verdict
from tests.perfcompare.factories import DRF, FASTAPI, make_measured_run, make_measurement, make_run, objection
from tests.perfcompare.report.tuned import laddered

pytestmark = pytest.mark.django_db


def test_one_comparison_is_told_with_its_ratio() -> None:
    report = collect(make_measured_run(cpu_us=310.0))

    assert verdict.sentences(report) == (
        "DRF on gunicorn gthread costs 3.10x the CPU per request of FastAPI on uvicorn on simple.",
    )


def test_several_comparisons_are_told_with_their_range() -> None:
    scenarios = {"simple": 400.0, "items": 200.0, "dashboard": 300.0}
    pairs = [replace(cell, scenario=name) for name in scenarios for cell in (FASTAPI, DRF)]
    run = make_run(pairs)
    for cell in pairs:
        run.record(make_measurement(cell, cpu_us=100.0 if cell.stack == "fastapi" else scenarios[cell.scenario]))

    (sentence,) = verdict.sentences(collect(run))

    assert "3.00x" in sentence
    assert "median of 3 comparisons" in sentence
    assert "least on items (2.00x), most on simple (4.00x)" in sentence


def test_a_stack_is_judged_on_its_own_server_only() -> None:
    slow = replace(DRF, server="gunicorn_sync")
    run = make_run([FASTAPI, DRF, slow])
    for cell in (FASTAPI, DRF, slow):
        run.record(make_measurement(cell))

    (sentence,) = verdict.sentences(collect(run))

    assert sentence.startswith("DRF on gunicorn gthread")


def test_the_dearest_stack_comes_first() -> None:
    ninja = replace(DRF, stack="ninja")
    run = make_run([FASTAPI, ninja, DRF])
    for cell, cost in ((FASTAPI, 100.0), (ninja, 150.0), (DRF, 300.0)):
        run.record(make_measurement(cell, cpu_us=cost))

    assert [sentence.split(" on ")[0] for sentence in verdict.sentences(collect(run))] == ["DRF", "Django Ninja"]


def test_what_has_no_valid_figures_is_not_known() -> None:
    ninja, items = replace(DRF, stack="ninja"), [replace(cell, scenario="items") for cell in (FASTAPI, DRF)]
    run = make_run([FASTAPI, DRF, ninja, *items])
    for cell in (FASTAPI, DRF, ninja, *items):
        run.record(make_measurement(cell, objections=(objection("steal"),) if cell in (ninja, items[1]) else ()))

    assert verdict.sentences(collect(run)) == (
        "DRF on gunicorn gthread costs 1.00x the CPU per request of FastAPI on uvicorn on simple. Not known on items.",
        "Django Ninja on gunicorn gthread has no valid figures beside FastAPI on uvicorn: not known.",
    )


def test_without_fastapi_nothing_is_compared() -> None:
    run = make_run([DRF])
    run.record(make_measurement(DRF))

    assert "does not include the reference" in verdict.sentences(collect(run))[0]


def test_an_invalid_reference_is_named() -> None:
    run = make_run()
    run.record(make_measurement(FASTAPI, objections=(objection("errors"),)))
    run.record(make_measurement(DRF))

    assert "no valid figures of FastAPI on uvicorn" in verdict.sentences(collect(run))[0]


def test_a_reference_alone_is_named() -> None:
    run = make_run()
    run.record(make_measurement(FASTAPI))

    assert "no valid figures beside FastAPI on uvicorn" in verdict.sentences(collect(run))[0]


@pytest.mark.usefixtures("_tuned")
@pytest.mark.parametrize(("stacks", "said"), [((), " was"), (("fastapi~twin",), " and its twin were")])
def test_a_run_of_the_reference_alone_asks_for_a_stack(stacks: tuple[str, ...], said: str) -> None:
    cells = [FASTAPI, *(replace(FASTAPI, stack=stack) for stack in stacks)]
    run = make_run(cells)
    for cell in cells:
        run.record(make_measurement(cell))

    (sentence,) = verdict.sentences(collect(run))

    assert sentence == (
        f"Only FastAPI on uvicorn{said} measured, so nothing is compared. "
        "Add a stack: manage.py perfcompare run --stacks fastapi,drf"
    )


def test_a_run_of_the_reference_alone_without_valid_figures_says_that_first() -> None:
    run = make_run([FASTAPI])
    run.record(make_measurement(FASTAPI, objections=(objection("errors"),)))

    assert "no valid figures of FastAPI on uvicorn" in verdict.sentences(collect(run))[0]


@pytest.mark.usefixtures("_tuned")
def test_a_ladder_says_where_it_begins_and_ends_and_which_steps_gain_most() -> None:
    climb, rest = verdict.sentences(collect(laddered(400.0, 200.0, 120.0)))

    assert climb.startswith("DRF tuned on gunicorn gthread on simple: from 4.00x")
    assert "FastAPI's CPU per request, steps 0 to 2." in climb
    assert "most is saved by first lever (50%, not certain) and second lever (40%, not certain)." in climb
    assert rest == "A ladder compares the steps of one stack, and no other stacks."


@pytest.mark.usefixtures("_tuned")
def test_steps_of_a_ladder_that_make_no_difference_are_counted_and_not_named() -> None:
    run = laddered(400.0, 400.0, 100.0, rounds=6)
    for number in range(1, 7):
        run.record(make_measurement(replace(FASTAPI, stack="fastapi~twin"), round=number, cpu_us=100.0))

    climb, *_ = verdict.sentences(collect(run))

    assert "most is saved by second lever (75%). 1 of 2 steps make no difference there." in climb


def test_the_bare_limit_is_called_so() -> None:
    floor = replace(FASTAPI, stack="floor")
    run = make_run([FASTAPI, floor])
    run.record(make_measurement(FASTAPI, cpu_us=100.0))
    run.record(make_measurement(floor, cpu_us=25.0))

    (said,) = verdict.sentences(collect(run))
    assert (
        said == "The limit (no framework on uvicorn) costs 0.25x the CPU per request of FastAPI on uvicorn on simple."
    )
