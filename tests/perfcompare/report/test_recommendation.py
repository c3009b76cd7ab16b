from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from perfcompare.core.measurement import Cell
from perfcompare.models import Run
from perfcompare.report.collect import collect
from perfcompare.report.costs import Wishes
from perfcompare.report.recommendation import Advice, Decision, recommend
from tests.perfcompare.factories import DRF, FASTAPI, make_measurement, make_run, objection
from tests.perfcompare.report.tuned import TUNED, laddered

pytestmark = pytest.mark.django_db
SCENARIOS = ("simple", "items", "protected", "user_list")
Costs = Mapping[str, tuple[float, ...]]
"""Stack to its microseconds in each of the scenarios."""


def slowest(p99_ms: Mapping[str, float], target_ms: float, rate: float = 10_000.0) -> Advice:
    """The advice when FastAPI costs 100 µs and DRF 300, and 99 of 100 answers of each came within `p99_ms`."""
    run = make_run([replace(cell, scenario=name) for name in SCENARIOS for cell in (FASTAPI, DRF)], rounds=3)
    for number in range(1, 4):
        for name in SCENARIOS:
            for cell, cost in ((FASTAPI, 100.0), (DRF, 300.0)):
                within = p99_ms.get(f"{cell.stack} {name}", p99_ms[cell.stack])
                one = make_measurement(
                    replace(cell, scenario=name), round=number, cpu_us=cost, load={"p50_ms": within / 2}
                )
                run.record(one)
    mix = dict.fromkeys(SCENARIOS, 1.0)
    return recommend(collect(run), Wishes(mix=mix, rate=rate, worth_cores=1.0, p99_ms=target_ms))


def measured(costs: Costs, *, rounds: int = 3, **given: Any) -> Run:
    cells = {stack: FASTAPI if stack == "fastapi" else replace(DRF, stack=stack) for stack in costs}
    visits = [
        (replace(cell, scenario=scenario), cost)
        for stack, cell in cells.items()
        for scenario, cost in zip(SCENARIOS, costs[stack], strict=False)
    ]
    run = make_run([cell for cell, _cost in visits], rounds=rounds)
    for number in range(1, rounds + 1):
        for cell, cost in visits:
            run.record(make_measurement(cell, round=number, cpu_us=cost, **given))
    return run


def advice(costs: Costs, rate: float = 10_000.0, worth: float = 1.0, **given: Any) -> Advice:
    wishes = Wishes(mix=dict.fromkeys(SCENARIOS, 1.0), rate=rate, worth_cores=worth)
    return recommend(collect(measured(costs, **given)), wishes)


def test_cores_are_requests_times_cpu_per_request() -> None:
    found = advice({"fastapi": (100.0,) * 4, "drf": (300.0,) * 4})

    cores = {cost.stack: cost.cores.middle for cost in found.costs.stacks}
    assert cores == pytest.approx({"fastapi": 1.0, "drf": 3.0})


def test_little_traffic_stays_where_it_is() -> None:
    found = advice({"fastapi": (100.0,) * 4, "drf": (300.0,) * 4}, rate=100)

    assert found.decision is Decision.STAY
    assert "The border for moving to FastAPI is 5,000 requests/s" in " ".join(found.would_change)


@pytest.mark.usefixtures("_tuned")
def test_a_tuned_stack_that_saves_enough_is_advised_with_its_changes() -> None:
    found = advice({"fastapi": (100.0,) * 4, "drf": (300.0,) * 4, TUNED: (110.0,) * 4})

    assert found.decision is Decision.TUNE
    assert found.changes == ("first lever", "second lever")


def test_the_endpoints_that_make_the_gap_are_moved() -> None:
    found = advice({"fastapi": (100.0, 100.0, 100.0, 100.0), "drf": (110.0, 110.0, 110.0, 900.0)})

    assert (found.decision, found.moves) == (Decision.MOVE, ("user_list",))


def test_a_gap_everywhere_is_a_reason_to_migrate() -> None:
    assert advice({"fastapi": (100.0,) * 4, "drf": (400.0,) * 4}).decision is Decision.MIGRATE


@pytest.mark.usefixtures("_tuned")
def test_another_framework_is_advised_only_for_what_it_saves_beyond_the_own_one() -> None:
    costs = {"fastapi": (100.0,) * 4, "ninja": (150.0,) * 4, "drf": (400.0,) * 4, TUNED: (160.0,) * 4}

    assert "DRF tuned" in advice(costs).headline
    assert "Django Ninja" in advice({**costs, TUNED: (300.0,) * 4}).headline


def test_invalid_cells_recommend_nothing() -> None:
    found = advice({"fastapi": (100.0,) * 4, "drf": (400.0,) * 4}, objections=(objection("errors", "too many"),))

    assert (found.decision, found.costs.stacks) == (Decision.UNKNOWN, ())


def test_a_scenario_without_valid_figures_is_left_out_and_named() -> None:
    found = advice({"fastapi": (100.0,) * 4, "drf": (400.0,) * 3})

    assert dict(found.costs.left_out) == {"user_list": pytest.approx(0.25)}
    assert "user_list (25% of the traffic)" in " ".join(found.would_change)


def test_too_little_of_the_traffic_recommends_nothing() -> None:
    found = advice({"fastapi": (100.0,) * 4, "drf": (400.0,)})

    assert found.decision is Decision.UNKNOWN
    assert "cover 25%" in found.reasons[0]


def test_too_few_rounds_are_said() -> None:
    found = advice({"fastapi": (100.0,) * 4, "drf": (400.0,) * 4}, rounds=1)

    assert "too few rounds" in " ".join(found.would_change)


def test_a_mix_that_asks_for_one_scenario_counts_only_that() -> None:
    run = measured({"fastapi": (100.0, 100.0), "drf": (100.0, 900.0)})
    wishes = Wishes(mix={"simple": 1.0, "items": 0.0}, rate=10_000.0)

    assert recommend(collect(run), wishes).decision is Decision.STAY


@pytest.mark.usefixtures("_tuned")
def test_what_each_lever_saves_follows_from_the_ladder() -> None:
    run = laddered(300.0, 150.0, 120.0)
    for number in range(1, 4):
        run.record(make_measurement(DRF, round=number, cpu_us=300.0))

    found = recommend(collect(run), Wishes(mix={"simple": 1.0}, rate=10_000.0))

    assert [saving.cores.middle for saving in found.savings] == pytest.approx([1.5, 0.3])
    assert all(isinstance(cell, Cell) for cell in run.planned_cells())


def test_endpoints_over_the_latency_target_move_however_little_that_saves() -> None:
    found = slowest({"fastapi": 5.0, "drf": 9.0, "drf user_list": 50.0}, target_ms=10.0, rate=100)

    assert (found.decision, found.moves) == (Decision.MOVE, ("user_list",))
    assert "over 10 ms at the 99th percentile on user_list (50.0 ms)" in " ".join(found.reasons)


def test_what_is_over_the_latency_target_is_not_recommended_however_much_it_saves() -> None:
    found = slowest({"fastapi": 50.0, "drf": 9.0}, target_ms=10.0)

    assert (found.decision, found.moves) == (Decision.STAY, ())


def test_when_all_are_over_the_latency_target_nothing_is_recommended() -> None:
    found = slowest({"fastapi": 50.0, "drf": 60.0}, target_ms=10.0)

    assert found.decision is Decision.UNKNOWN
    assert found.headline.startswith("Nothing that was measured keeps 99 of 100 answers within 10 ms on simple")


@pytest.mark.usefixtures("_tuned")
def test_a_django_within_the_latency_target_is_aimed_at_before_a_cheaper_one() -> None:
    run = make_run([FASTAPI, DRF, replace(DRF, stack=TUNED)], rounds=3)
    for number in range(1, 4):
        for stack, cost, within in (("fastapi", 100.0, 5.0), ("drf", 110.0, 50.0), (TUNED, 115.0, 5.0)):
            cell = FASTAPI if stack == "fastapi" else replace(DRF, stack=stack)
            run.record(make_measurement(cell, round=number, cpu_us=cost, load={"p50_ms": within / 2}))

    found = recommend(collect(run), Wishes(mix={"simple": 1.0}, rate=1000.0, p99_ms=10.0))

    assert found.decision is Decision.TUNE
    assert "DRF tuned" in found.headline
