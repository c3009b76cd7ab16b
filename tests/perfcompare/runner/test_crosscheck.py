"""Each detector in a run in which it fires, and in one in which it does not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from perfcompare.core.measurement import Cell
from perfcompare.core.objection import TIMES, Figure
from perfcompare.runner import validity
from perfcompare.runner.crosscheck import Seen, codes, crosscheck

FASTAPI = Cell(scenario="simple", stack="fastapi", server="uvicorn", concurrency=32)
ADRF = replace(FASTAPI, stack="adrf")
FLOOR = replace(FASTAPI, stack="floor")
CONFIGURATION = {"loop": "uvloop", "parser": "httptools", "processes": 1, "open_files_limit": 1024, "debug": False}


def seen(cell: Cell = ADRF, number: int = 1, **given: Any) -> Seen:
    values: dict[str, Any] = {
        "key": (cell, number),
        "generator": "wrk",
        "goodput": 1000.0,
        "server_cpu_us": 100.0,
        "body_bytes": 44.0,
        "rate": None,
        "configuration": CONFIGURATION,
    }
    return Seen(cell=cell, round=number, **{**values, **given})


def fired(*trials: Seen) -> dict[str, list[str]]:
    """The codes that were found, each with the stacks it was found for."""
    found: dict[str, list[str]] = {}
    stacks = {trial.key: trial.cell.stack for trial in trials}
    for key, objections in crosscheck(trials).items():
        for objection in objections:
            found.setdefault(objection.code, []).append(stacks[key])
    return found


def test_a_run_without_fault_has_no_reasons() -> None:
    rounds = [seen(cell, number) for number in range(1, 6) for cell in (FASTAPI, ADRF)]

    assert fired(*rounds, seen(FLOOR, goodput=9000.0)) == {}


@pytest.mark.parametrize(("goodput", "found"), [(860.0, {"ceiling": ["adrf"]}), (840.0, {})])
def test_a_rate_near_the_floors_may_be_the_generators(goodput: float, found: dict[str, list[str]]) -> None:
    assert fired(seen(FLOOR, goodput=1000.0), seen(goodput=goodput)) == found


def test_a_floor_that_asks_a_service_is_no_ceiling() -> None:
    detail = replace(FLOOR, scenario="user_detail")
    assert fired(seen(detail, goodput=1000.0), seen(replace(ADRF, scenario="user_detail"), goodput=990.0)) == {}
    assert fired(seen(detail, goodput=10.0), seen(FLOOR, goodput=2000.0), seen(goodput=990.0)) == {}


def test_a_floor_of_another_generator_or_concurrency_is_no_ceiling() -> None:
    assert fired(seen(FLOOR, goodput=100.0, generator="locust"), seen()) == {}
    assert fired(seen(replace(FLOOR, concurrency=64), goodput=100.0), seen()) == {}


@pytest.mark.parametrize(("spoiled", "found"), [(Figure.RATE, {}), (Figure.COST, {"ceiling": ["adrf"]})])
def test_a_floor_whose_rate_is_spoiled_is_no_ceiling(spoiled: Figure, found: dict[str, list[str]]) -> None:
    assert fired(seen(FLOOR, goodput=100.0, spoiled=frozenset({spoiled})), seen()) == found


def test_a_rate_near_the_floors_leaves_the_costs() -> None:
    found = crosscheck([seen(FLOOR, goodput=1000.0), seen(goodput=860.0)])

    assert [(one.code, one.figures) for one in found[ADRF, 1]] == [("ceiling", TIMES)]


@pytest.mark.parametrize(("spoiled", "drifts"), [(Figure.COST, False), (Figure.LATENCY, True)])
def test_an_anchor_whose_cost_is_spoiled_anchors_nothing(spoiled: Figure, drifts: bool) -> None:
    moved = seen(FASTAPI, 3, server_cpu_us=125.0, spoiled=frozenset({spoiled}))

    assert bool(fired(*anchored(100.0, 100.0), seen(FASTAPI, 4), seen(ADRF, 3), moved)) is drifts


def test_a_fixed_rate_has_no_ceiling() -> None:
    assert fired(seen(FLOOR, goodput=1000.0), seen(goodput=990.0, rate=990.0)) == {}


@pytest.mark.parametrize(("size", "found"), [(46.0, {"unequal bytes": ["adrf"]}), (44.5, {}), (None, {})])
def test_answers_of_another_size_are_other_work(size: float | None, found: dict[str, list[str]]) -> None:
    assert fired(seen(FASTAPI), seen(body_bytes=size)) == found


def test_sizes_of_other_scenarios_are_not_compared() -> None:
    assert fired(seen(FASTAPI), seen(replace(ADRF, scenario="items"), body_bytes=900.0)) == {}


@pytest.mark.parametrize("changed", [{"loop": None}, {"parser": None}, {"processes": 3}, {"open_files_limit": 64}])
def test_the_same_server_must_run_alike(changed: dict[str, Any]) -> None:
    other = seen(configuration={**CONFIGURATION, **changed})

    assert fired(seen(FASTAPI), seen(FASTAPI, 2), other) == {"unequal configuration": ["adrf"]}


def test_other_servers_may_run_otherwise_and_threads_are_the_stacks_own() -> None:
    gunicorn = replace(ADRF, stack="drf", server="gunicorn_gthread")

    assert fired(seen(FASTAPI), seen(gunicorn, configuration={**CONFIGURATION, "loop": None})) == {}
    assert fired(seen(FASTAPI), seen(configuration={**CONFIGURATION, "threads": 40})) == {}


def test_a_stack_behind_nginx_has_other_processes_than_the_stack_itself() -> None:
    proxied = replace(ADRF, stack="adrf~proxied")

    assert fired(seen(FASTAPI), seen(ADRF), seen(proxied, configuration={**CONFIGURATION, "processes": 5})) == {}


def test_a_round_in_which_the_anchor_changed_counts_for_nothing() -> None:
    costs = (100.0, 101.0, 125.0, 99.0, 100.0)
    anchors = [seen(FASTAPI, number, server_cpu_us=cost) for number, cost in enumerate(costs, start=1)]
    found = crosscheck([*anchors, *(seen(ADRF, number) for number in range(1, 6))])

    assert set(found) == {(FASTAPI, 3), (ADRF, 3)}


def test_the_other_scenarios_of_that_round_still_count() -> None:
    items = replace(ADRF, scenario="items")
    anchors = [seen(FASTAPI, number, server_cpu_us=cost) for number, cost in enumerate((100.0, 100.0, 125.0), start=1)]

    assert (items, 3) not in crosscheck([*anchors, seen(items, 3, body_bytes=None)])


def test_what_changes_from_round_to_round_is_nothing_against_an_interleaved_run() -> None:
    costs = (100.0, 101.0, 125.0)
    anchors = [seen(FASTAPI, number, server_cpu_us=cost) for number, cost in enumerate(costs, start=1)]

    assert crosscheck(anchors)
    assert not crosscheck(anchors, in_turns=True)


def test_two_rounds_show_no_drift() -> None:
    assert fired(seen(FASTAPI, 1, server_cpu_us=100.0), seen(FASTAPI, 2, server_cpu_us=200.0)) == {}


def test_no_code_means_two_things() -> None:
    assert not codes() & validity.DETECTORS.keys()


def anchored(*costs: float) -> list[Seen]:
    return [seen(FASTAPI, number, server_cpu_us=cost) for number, cost in enumerate(costs, start=1)]


FIRES: dict[str, list[Seen]] = {
    "ceiling": [seen(FLOOR, goodput=1000.0), seen(goodput=860.0)],
    "unequal bytes": [seen(FASTAPI), seen(body_bytes=46.0)],
    "unequal configuration": [seen(FASTAPI), seen(FASTAPI, 2), seen(configuration={**CONFIGURATION, "loop": None})],
    "drift": anchored(100.0, 100.0, 111.0),
}
QUIET: dict[str, list[Seen]] = {
    "ceiling": [seen(FLOOR, goodput=1000.0), seen(goodput=840.0)],
    "unequal bytes": [seen(FASTAPI), seen(body_bytes=44.5)],
    "unequal configuration": [seen(FASTAPI), seen(FASTAPI, 2), seen(configuration={**CONFIGURATION, "threads": 40})],
    "drift": anchored(100.0, 100.0, 109.0),
}
"""As near to the threshold as it may be, where there is one."""


@pytest.mark.parametrize("code", FIRES)
def test_each_detector_fires_alone_beyond_its_threshold(code: str) -> None:
    assert list(fired(*FIRES[code])) == [code]


@pytest.mark.parametrize("code", QUIET)
def test_each_detector_is_silent_below_its_threshold(code: str) -> None:
    assert fired(*QUIET[code]) == {}


def test_every_detector_has_a_case_in_which_it_fires_and_one_in_which_it_does_not() -> None:
    assert FIRES.keys() == QUIET.keys() == codes()
