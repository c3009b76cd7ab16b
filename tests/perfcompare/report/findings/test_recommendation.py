from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pytest

from perfcompare.core.measurement import Cell
from perfcompare.models import Run
from perfcompare.report.data import collection
from perfcompare.report.data.collection import collect
from perfcompare.report.findings.costs import Requirements
from perfcompare.report.findings.recommendation import Advice, Decision, recommend
from perfcompare.report.sections import advice as section
from perfcompare.targets.demonstration.catalog import CATALOG
from tests.perfcompare.factories import DRF, FASTAPI, make_measurement, make_run, objection
from tests.perfcompare.report.tuned import TUNED, laddered

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_tuned")]
SCENARIOS = ("simple", "items", "protected", "user_list")
SETTINGS = "drf_settings"
Costs = Mapping[str, Sequence[float | None]]
"""Stack to its microseconds in each of the scenarios; None makes every trial there invalid."""
FASTAPI_COSTS, DRF_COSTS = (100.0,) * 4, (300.0,) * 4


def slowest(p99_ms: Mapping[str, float], target_ms: float, rate: float = 10_000.0) -> Advice:
    """The advice when FastAPI costs 100 µs and DRF 300, however it is tuned, and 99 of 100 answers of each stack came
    within `p99_ms`; what is not named there is as slow as DRF."""
    costs = {"fastapi": FASTAPI_COSTS, "drf": DRF_COSTS, SETTINGS: DRF_COSTS, TUNED: DRF_COSTS}

    def within(cell: Cell) -> float:
        stack = cell.stack if cell.stack in p99_ms else "drf"
        return p99_ms.get(f"{stack} {cell.scenario}", p99_ms[stack])

    return recommend(
        collect(measured(costs, within=within)),
        Requirements(mix=dict.fromkeys(SCENARIOS, 1.0), rate=rate, worth_cores=1.0, p99_ms=target_ms),
    )


def measured(costs: Costs, *, rounds: int = 3, within: Callable[[Cell], float] = lambda _cell: 4.0) -> Run:
    cells = {stack: FASTAPI if stack == "fastapi" else replace(DRF, stack=stack) for stack in costs}
    trials = [
        (replace(cell, scenario=scenario), cost)
        for stack, cell in cells.items()
        for scenario, cost in zip(SCENARIOS, costs[stack], strict=False)
    ]
    run = make_run([cell for cell, _cost in trials], rounds=rounds)
    for number in range(1, rounds + 1):
        for cell, cost in trials:
            objections = (objection("steal"),) if cost is None else ()
            load = {"p50_ms": within(cell) / 2}
            run.record(make_measurement(cell, round=number, cpu_us=cost or 50.0, objections=objections, load=load))
    return run


def advice(costs: Costs, rate: float = 10_000.0, worth: float = 1.0, rounds: int = 3) -> Advice:
    """With FastAPI at 100 µs and DRF at 300 unless told otherwise."""
    requirements = Requirements(mix=dict.fromkeys(SCENARIOS, 1.0), rate=rate, worth_cores=worth)
    every = {"fastapi": FASTAPI_COSTS, "drf": DRF_COSTS, **costs}
    return recommend(collect(measured(every, rounds=rounds)), requirements)


def flat(*costs: float) -> dict[str, tuple[float, ...]]:
    """The rungs by settings and with levers at so many microseconds everywhere."""
    return {stack: (cost,) * 4 for stack, cost in zip((SETTINGS, TUNED), costs, strict=False)}


def test_cores_are_requests_times_cpu_per_request() -> None:
    found = advice({})

    cores = {cost.stack: cost.cores.middle for cost in found.costs.stacks}
    assert cores == pytest.approx({"fastapi": 1.0, "drf": 3.0})


def test_little_traffic_stays_where_it_is() -> None:
    found = advice(flat(200.0, 150.0), rate=100)

    assert found.decision is Decision.STAY
    assert found.headline == "Stay: no measured change saves enough on all of the traffic."
    borders = " ".join(found.would_change)
    assert "The border for changing settings is 10,000 requests/s on all of the traffic" in borders
    assert "The border for applying levers is 20,000 requests/s" in borders
    assert "The border for moving to FastAPI is 20,000 requests/s" in borders


def test_settings_come_first_and_levers_must_save_enough_beyond_them() -> None:
    found = advice(flat(180.0, 110.0))

    assert found.decision is Decision.SETTINGS
    assert found.headline == (
        "Stay on Django and change settings: DRF by settings on gunicorn gthread. Settings save 1.20 cores on all of "
        "the traffic."
    )
    assert found.changes == ("persistent connections", "granian")
    assert (
        "Settings alone (persistent connections, granian) save 1.20 [1.20, 1.20] cores on all of the traffic."
        in found.reasons
    )


def test_levers_that_save_enough_beyond_settings_are_advised_with_their_changes() -> None:
    found = advice(flat(290.0, 110.0))

    assert found.decision is Decision.LEVERS
    assert found.changes == ("first lever", "second lever")
    assert found.headline.endswith("Levers beyond those save 1.80 cores on all of the traffic.")


def test_both_steps_are_told_with_what_each_saves() -> None:
    found = advice(flat(190.0, 80.0))

    assert found.decision is Decision.LEVERS
    assert found.headline.endswith(
        "Settings save 1.10 cores on all of the traffic. Levers beyond those save 1.10 cores on all of the traffic."
    )


def test_settings_that_cost_more_are_not_said_to_save() -> None:
    found = advice(flat(320.0, 110.0))

    assert found.decision is Decision.LEVERS
    assert "Settings cost 0.20 cores more on all of the traffic. Levers beyond those save 1.90" in found.headline
    assert "granian) cost 0.20 [0.20, 0.20] cores more on all of the traffic." in found.reasons[1]


def test_moving_comes_third_and_must_save_enough_beyond_the_best_of_django() -> None:
    assert advice({"drf": (500.0,) * 4, **flat(300.0, 190.0)}).decision is Decision.LEVERS
    assert advice({"drf": (500.0,) * 4, **flat(400.0, 250.0)}).decision is Decision.MIGRATE


def test_an_endpoint_never_moves_for_what_levers_save_that_are_not_worth_it() -> None:
    found = advice(flat(180.0, 110.0))

    assert (found.decision, found.moves) == (Decision.SETTINGS, ())


def test_the_endpoints_that_make_the_gap_are_moved() -> None:
    costs = (110.0, 110.0, 110.0, 900.0)

    found = advice({"drf": costs, SETTINGS: costs, TUNED: costs})

    assert (found.decision, found.moves) == (Decision.MOVE, ("user_list",))
    assert found.headline == (
        "Keep DRF on gunicorn gthread for the rest and move these endpoints to FastAPI: user_list. That saves 2.00 "
        "cores beyond the best of Django on user_list (25% of the traffic)."
    )


def test_an_endpoint_without_figures_of_levers_does_not_move_and_is_not_known() -> None:
    costs = (110.0, 110.0, 110.0, 900.0)

    found = advice({"drf": costs, SETTINGS: costs, TUNED: (110.0, 110.0, 110.0, None)})

    assert (found.decision, found.moves) == (Decision.UNKNOWN, ())
    assert found.headline == (
        "No recommendation yet: enough could be saved on user_list (25% of the traffic), but what levers would "
        "save there is not known."
    )
    assert found.not_known == (
        "What levers save on user_list (25% of the traffic): no valid figures of DRF tuned on gunicorn gthread there.",
        "Whether user_list (25% of the traffic) should move: only figures of settings and levers can tell.",
        f"To tell: manage.py perfcompare run --stacks fastapi,drf,drf_settings,{TUNED} --scenarios user_list",
    )


def test_a_tuned_stack_without_any_figures_leaves_settings_and_says_what_is_not_known() -> None:
    found = advice({"drf": (800.0,) * 4, SETTINGS: (200.0,) * 4, TUNED: (None,) * 4})

    assert (found.decision, found.moves) == (Decision.SETTINGS, ())
    assert found.headline == (
        "Stay on Django and change settings: DRF by settings on gunicorn gthread. Settings save 6.00 cores on all of "
        "the traffic. What levers or a move would save on simple, items, protected, user_list (all of the traffic) is "
        "not known."
    )


def test_plain_stacks_alone_move_nothing() -> None:
    found = advice({})

    assert (found.decision, found.moves, found.changes) == (Decision.UNKNOWN, (), ())
    assert "what settings and levers would save there is not known" in found.headline
    assert found.not_known[-1].startswith(
        "To tell: manage.py perfcompare run --stacks fastapi,drf,drf_settings,drf_tuned --scenarios simple,items"
    )


def test_levers_without_figures_by_settings_are_not_advised() -> None:
    found = advice({TUNED: (110.0,) * 4})

    assert found.decision is Decision.UNKNOWN
    assert "but what settings would save there is not known" in found.headline


def test_levers_are_counted_only_where_settings_are_known() -> None:
    found = advice({SETTINGS: (250.0, 250.0, 250.0, None), TUNED: (100.0, 100.0, 100.0, 10.0)})

    named = "simple, items, protected (75% of the traffic)"
    assert f"The levers of DRF tuned on gunicorn gthread save 1.12 [1.12, 1.12] cores beyond settings on {named}." in (
        found.reasons
    )
    assert found.decision is Decision.LEVERS


def test_a_migration_needs_most_of_the_scenarios_and_not_of_those_that_are_known() -> None:
    costs = (400.0, None, None, 400.0)

    found = advice({"drf": (400.0, 100.0, 100.0, 400.0), SETTINGS: costs, TUNED: costs})

    assert (found.decision, set(found.moves)) == (Decision.MOVE, {"simple", "user_list"})


def test_a_gap_everywhere_is_a_reason_to_migrate() -> None:
    found = advice({"drf": (400.0,) * 4, **flat(400.0, 400.0)})

    assert found.decision is Decision.MIGRATE
    assert found.headline.startswith("Migrate to FastAPI: cheaper than the best of Django on most of these scenarios.")


def test_another_framework_is_advised_only_for_what_it_saves_beyond_settings_and_levers() -> None:
    ninja = {"ninja_tuned": (110.0,) * 4}

    assert advice({**flat(250.0, 150.0), **ninja}).decision is not Decision.REWRITE
    found = advice({**flat(290.0, 280.0), **ninja})
    assert found.decision is Decision.REWRITE
    assert "Django Ninja tuned" in found.headline


def test_another_framework_is_not_advised_where_settings_or_levers_are_known_of_few_scenarios() -> None:
    ninja = {"ninja_tuned": (110.0,) * 4}

    few = advice({**flat(290.0), TUNED: (280.0, None, None, None), **ninja}, worth=0.4)
    most = advice({**flat(290.0), TUNED: (280.0, 280.0, 280.0, None), **ninja})

    assert few.decision is not Decision.REWRITE
    assert most.decision is Decision.REWRITE
    assert most.headline.endswith("What levers or a move would save on user_list (25% of the traffic) is not known.")


def test_a_django_whose_views_have_no_other_rung_is_compared_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = {name: stack for name, stack in CATALOG.stacks.items() if name != "modern_rest_settings"}
    monkeypatch.setattr(collection, "catalog_of", lambda _target: replace(CATALOG, stacks=plain))

    found = advice({"drf": (None,) * 4, "modern_rest": (400.0,) * 4})

    assert found.decision is Decision.MIGRATE


def test_invalid_cells_recommend_nothing() -> None:
    found = advice({"fastapi": (None,) * 4, "drf": (None,) * 4})

    assert (found.decision, found.costs.stacks) == (Decision.UNKNOWN, ())


def test_a_scenario_without_valid_figures_is_left_out_and_named() -> None:
    found = advice({"drf": (400.0,) * 3, **flat(200.0, 200.0)})

    assert dict(found.costs.left_out) == {"user_list": pytest.approx(0.25)}
    assert "Anything about user_list (25% of the traffic): no valid figures of both DRF on" in " ".join(found.not_known)
    assert found.reasons[0].startswith("10,000 requests/s of this mix, of which 75% has valid figures, take 3.00 cores")


def test_too_little_of_the_traffic_recommends_nothing() -> None:
    found = advice({"drf": (400.0,)})

    assert found.decision is Decision.UNKNOWN
    assert "cover 25%" in found.reasons[0]
    assert found.not_known[0].startswith("To tell: manage.py perfcompare run --stacks fastapi,drf,drf_settings,")


def test_too_few_rounds_are_said() -> None:
    assert "too few rounds" in " ".join(advice({"drf": (400.0,) * 4}, rounds=1).would_change)


def test_a_mix_that_asks_for_one_scenario_counts_only_that() -> None:
    run = measured(dict.fromkeys(("drf", SETTINGS, TUNED), (100.0, 900.0)) | {"fastapi": (100.0, 100.0)})
    requirements = Requirements(mix={"simple": 1.0, "items": 0.0}, rate=10_000.0)

    assert recommend(collect(run), requirements).decision is Decision.STAY


def test_a_stack_with_holes_is_in_no_sum_and_is_named() -> None:
    report = collect(measured({"fastapi": FASTAPI_COSTS, "drf": DRF_COSTS, TUNED: (100.0, None)}))
    found = section.context(report, Requirements(mix=dict.fromkeys(SCENARIOS, 1.0), rate=1000.0))

    assert {row["stack"] for row in found["cost_rows"]} == {"fastapi", "drf"}
    assert found["holes"] == ["DRF tuned on gunicorn gthread: not known on items, protected, user_list"]


def test_what_each_lever_saves_follows_from_the_ladder() -> None:
    run = laddered(300.0, 150.0, 120.0)
    for number in range(1, 4):
        run.record(make_measurement(DRF, round=number, cpu_us=300.0))

    found = recommend(collect(run), Requirements(mix={"simple": 1.0}, rate=10_000.0))

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
    assert found.headline.startswith("No measured stack keeps 99 of 100 answers within 10 ms on simple")


def test_a_django_within_the_latency_target_is_aimed_at_before_a_cheaper_one() -> None:
    found = slowest({"fastapi": 5.0, "drf": 50.0, SETTINGS: 50.0, TUNED: 5.0}, target_ms=10.0, rate=1000.0)

    assert found.decision is Decision.LEVERS
    assert "DRF tuned" in found.headline


def test_an_endpoint_over_the_latency_target_does_not_move_where_levers_are_not_known() -> None:
    costs = {"fastapi": FASTAPI_COSTS, "drf": DRF_COSTS, SETTINGS: DRF_COSTS, TUNED: (300.0, 300.0, 300.0, None)}
    run = measured(costs, within=lambda cell: 50.0 if (cell.stack, cell.scenario) != ("fastapi", "user_list") else 5.0)

    found = recommend(collect(run), Requirements(mix={"user_list": 1.0}, rate=100.0, p99_ms=10.0))

    assert (found.decision, found.moves) == (Decision.UNKNOWN, ())
    assert found.headline == (
        "DRF on gunicorn gthread is over 10 ms on user_list (all of the traffic), and whether levers would help there "
        "is not known: no recommendation yet."
    )


def test_a_run_without_latencies_says_so_instead_of_that_nothing_is_fast_enough() -> None:
    run = measured({"fastapi": FASTAPI_COSTS, "drf": DRF_COSTS, SETTINGS: DRF_COSTS, TUNED: DRF_COSTS})
    run.measurements.update(p99_ms=None)

    found = recommend(collect(run), Requirements(mix={"simple": 1.0}, rate=100.0, p99_ms=10.0))

    assert found.decision is Decision.UNKNOWN
    assert found.headline.startswith("This run has no latency on simple")
