from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from perfcompare.core.measurement import Cell
from perfcompare.models import Run
from perfcompare.report.data.collection import collect
from perfcompare.report.data.rungs import Rung
from perfcompare.report.findings import headline
from perfcompare.report.writers import html
from perfcompare.report.writers.markdown import as_markdown
from tests.perfcompare.factories import DRF, FASTAPI, make_measured_run, make_measurement, make_run, objection
from tests.perfcompare.report.tuned import TUNED, laddered
from tests.perfcompare.report.writers.test_html import text_of

pytestmark = pytest.mark.django_db
SETTINGS = "drf_settings"
SERVERS = {"fastapi": "uvicorn", "drf": "gunicorn_gthread"}
SCENARIOS = ("simple", "user_detail")
"""They weigh 2 and 10."""
Costs = Mapping[str, Sequence[float | None]]
"""Stack to its microseconds in each scenario; None makes every trial there invalid."""


def cell(stack: str, scenario: str) -> Cell:
    return replace(DRF, stack=stack, server=SERVERS.get(stack, "granian_wsgi"), scenario=scenario)


def measured(costs: Costs, *, rounds: int = 3) -> Run:
    cells = {
        cell(stack, scenario): cost
        for stack, found in costs.items()
        for scenario, cost in zip(SCENARIOS, found, strict=False)
    }
    run = make_run(cells, rounds=rounds)
    for number in range(1, rounds + 1):
        for one, cost in cells.items():
            objections = (objection("steal"),) if cost is None else ()
            run.record(make_measurement(one, round=number, cpu_us=cost or 50.0, objections=objections))
    return run


def said(costs: Costs) -> tuple[str, ...]:
    return headline.sentences(collect(measured(costs)))


ALL = {
    "fastapi": (100.0, 100.0),
    "drf": (300.0, 800.0),
    SETTINGS: (250.0, 200.0),
    TUNED: (90.0, 130.0),
}


@pytest.mark.usefixtures("_tuned")
def test_three_rungs_are_three_claims_with_what_they_cover() -> None:
    assert said(ALL) == (
        "DRF as it comes costs 5.50x FastAPI's CPU per request (median of 2 scenarios, all of the traffic; from 3.00x "
        "[3.00, 3.00] on simple to 8.00x [8.00, 8.00] on user_detail).",
        "By settings alone (persistent connections, granian), DRF costs 2.25x FastAPI's CPU per request (median of 2 "
        "scenarios, all of the traffic). The settings take user_detail from 8.00x to 2.00x, simple from 3.00x to "
        "2.50x.",
        "With 2 levers (first lever, second lever), DRF tuned costs 1.10x FastAPI's CPU per request (median of 2 "
        "scenarios, all of the traffic; from 0.90x [0.90, 0.90] on simple to 1.30x [1.30, 1.30] on user_detail).",
        "DRF tuned closes the gap to within 10% in 1 of 2 compared scenarios. Still dearer than FastAPI: user_detail "
        "1.30x [1.30, 1.30].",
    )


@pytest.mark.usefixtures("_tuned")
def test_a_tuned_stack_without_figures_is_not_known_and_nothing_else() -> None:
    found = said({**ALL, TUNED: (None, None)})

    assert found[2] == "With levers: not known. DRF tuned has no valid figures beside FastAPI's in this run."
    assert len(found) == 3
    assert not [one for one in found if "closes the gap" in one]


@pytest.mark.usefixtures("_tuned")
def test_a_hole_is_named_with_its_scenario_and_share() -> None:
    found = said({**ALL, TUNED: (90.0, None)})

    assert found[2] == (
        "With 2 levers (first lever, second lever), DRF tuned costs 0.90x [0.90, 0.90] FastAPI's CPU per request on "
        "simple (17% of the traffic)."
    )
    assert found[3] == (
        "With levers, not known on user_detail (83% of the traffic): DRF tuned has no valid figures there."
    )
    assert found[4] == "DRF tuned closes the gap to within 10% in the one known scenario."


@pytest.mark.usefixtures("_tuned")
def test_without_figures_by_settings_a_gain_of_levers_is_said_to_be_one_of_both() -> None:
    here, there = said({**ALL, SETTINGS: (None, None)}), said({**ALL, SETTINGS: (None, 200.0)})

    assert here[1].startswith("By settings alone: not known. DRF by settings has no valid figures")
    assert here[2].endswith("The part of settings alone in that gain is not known.")
    assert there[3].endswith("The part of settings alone in that gain is not known on simple (17% of the traffic).")


@pytest.mark.usefixtures("_tuned")
def test_rungs_that_were_not_in_the_run_are_said_not_to_have_been() -> None:
    plain = {"fastapi": (100.0,), "drf": (300.0,)}

    assert said(plain) == (
        "DRF as it comes costs 3.00x [3.00, 3.00] FastAPI's CPU per request on simple.",
        headline.ABSENT[Rung.SETTINGS],
        headline.ABSENT[Rung.LEVERS],
    )
    assert said({**plain, TUNED: (105.0,)})[1] == headline.ABSENT[Rung.SETTINGS]


def test_of_a_tuned_stack_its_own_settings_are_told_too() -> None:
    found = said({"fastapi": (100.0,), "drf": (300.0,), "drf_tuned": (150.0,)})

    assert " and 8 more) and granian, DRF tuned costs 1.50x" in found[2]


def test_where_settings_are_the_highest_rung_they_may_close_the_gap() -> None:
    found = said({"fastapi": (100.0,), "drf": (800.0,), SETTINGS: (105.0,)})

    assert found[2] == headline.ABSENT[Rung.LEVERS]
    assert found[3] == "DRF by settings closes the gap to within 10% in the one compared scenario."


@pytest.mark.usefixtures("_tuned")
def test_where_the_reference_has_no_figures_nothing_is_compared() -> None:
    found = said({**ALL, "fastapi": (100.0, None)})

    assert found[0] == (
        "FastAPI has no valid figures on user_detail (83% of the traffic), so nothing is compared there."
    )
    assert found[1].endswith("on simple (17% of the traffic).")
    assert not [one for one in found[1:] if "user_detail" in one]


@pytest.mark.usefixtures("_tuned")
def test_with_a_noise_floor_the_answer_says_that_it_is_the_limit() -> None:
    run = measured({**ALL, TUNED: (100.0, 100.0)}, rounds=5)
    for number in range(1, 6):
        run.record(make_measurement(replace(FASTAPI, stack="fastapi~twin"), round=number, cpu_us=101.0))

    assert headline.sentences(collect(run))[3] == (
        "DRF tuned closes the gap to within this run's noise in all of the 2 compared scenarios."
    )


@pytest.mark.usefixtures("_tuned")
def test_other_views_are_no_rung_of_these_and_are_named_only_where_they_cover_as_much() -> None:
    ninja = {"ninja_async_tuned": (70.0, 80.0)}

    assert said({**ALL, **ninja})[-1] == (
        "The cheapest Django measured there is Django Ninja (async) tuned: 0.75x in the median of 2 scenarios."
    )
    assert "Ninja" not in " ".join(said({**ALL, "ninja_async_tuned": (70.0, None)}))
    assert said({**{name: ALL[name] for name in ("fastapi", "drf")}, **ninja})[2] == (headline.ABSENT[Rung.LEVERS])


@pytest.mark.usefixtures("_tuned")
def test_page_and_markdown_state_the_limit_and_the_rungs() -> None:
    run = measured(ALL)
    page, text = text_of(html.page(collect(run))), as_markdown(run, collect(run))

    for one in (page, text):
        assert "closes the gap to within 10% in 1 of 2 compared scenarios" in one
        assert "By settings alone" in one


def test_without_the_reference_there_is_no_answer() -> None:
    run = make_run([DRF])
    run.record(make_measurement(DRF))

    assert headline.sentences(collect(run)) == ()


def test_without_any_valid_figures_of_django_there_is_no_answer() -> None:
    assert said({"fastapi": (100.0,), "drf": (None,)}) == ()


def test_one_scenario_is_all_there_is_and_no_share() -> None:
    assert headline.sentences(collect(make_measured_run()))[0].endswith("FastAPI's CPU per request on simple.")


@pytest.mark.usefixtures("_tuned")
def test_steps_of_a_ladder_are_no_contenders() -> None:
    report = collect(laddered(300.0, 150.0, 120.0))

    assert {cell.cell.stack for cell in report.cells if cell.contender} == {"fastapi"}
