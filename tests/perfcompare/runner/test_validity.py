"""Each detector with evidence at which it fires, and with evidence at which it does not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from perfcompare.core.generator import Latency, LoadResult
from perfcompare.core.objection import EVERY, TIMES, Figure
from perfcompare.runner.validity import DETECTORS, Evidence, judge


def latency(**given: float) -> Latency:
    values = {"mean_ms": 32.0, "min_ms": 1.0, "p50_ms": 30.0, "p90_ms": 50.0, "p99_ms": 80.0, "p999_ms": 90.0}
    return Latency(**{**values, "max_ms": 100.0, **given})


def load(**given: Any) -> LoadResult:
    """1000 answers per second for two seconds over 32 connections: what Little's law asks for at 32 ms."""
    values: dict[str, Any] = {
        "started_s": 10.0,
        "ended_s": 12.0,
        "answers": 2000,
        "errors": 0,
        "latency": latency(),
        "received_bytes": 100_000,
    }
    return LoadResult(**{**values, **given})


def evidence(**given: Any) -> Evidence:
    values: dict[str, Any] = {
        "load": load(),
        "concurrency": 32,
        "busiest_generator": 0.5,
        "stolen": 0.0,
        "others": {},
        "uncounted_s": 0.0,
        "ended": (),
        "difference": None,
    }
    return Evidence(**{**values, **given})


STUCK = latency(mean_ms=40.2, min_ms=39.0, p50_ms=40.0, p90_ms=41.5)
SLOW = load(latency=latency(mean_ms=320.0, max_ms=400.0))
FIRES: dict[str, Evidence] = {
    "errors": evidence(load=load(errors=3, failures={"status 500": 3})),
    "wrong answer": evidence(difference="status 500 instead of 200"),
    "services": evidence(ailing="Redis does not answer (Connection refused)."),
    "changed work": evidence(change="before the load: a request asks nothing of the cache."),
    "ended": evidence(ended=("postgresql",)),
    "few answers": evidence(load=load(answers=99, latency=None)),
    "short window": evidence(load=load(ended_s=10.092, latency=None)),
    "little's law": evidence(load=SLOW),
    "percentiles": evidence(load=load(latency=latency(p99_ms=20.0))),
    "generator": evidence(busiest_generator=0.95),
    "steal": evidence(stolen=0.02),
    "throttled": evidence(throttled_s=0.03),
    "other load": evidence(others={"mypy (17)": 0.6}),
    "accounting": evidence(uncounted_s=0.3),
    "unsteady": evidence(trend=0.4),
    "connections": evidence(reconnects=2000),
    "ports": evidence(waiting=0.6),
    "delayed ack": evidence(load=load(latency=STUCK), concurrency=40, server_share=0.01),
    "other server": evidence(strangers=("python -m uvicorn (process 17)",)),
    "configuration": evidence(objections=("debugging is on",)),
    "unequal work": evidence(statements=4.0, declared=1),
    "saturated": evidence(load=load(answers=900, due=1000, latency=None)),
}
QUIET: dict[str, Evidence] = {
    "errors": evidence(load=load(errors=2)),
    "wrong answer": evidence(difference=None),
    "services": evidence(ailing=None),
    "changed work": evidence(change=None),
    "ended": evidence(ended=()),
    "few answers": evidence(load=load(answers=100, latency=None)),
    "short window": evidence(load=load(ended_s=10.996, latency=None)),
    "little's law": evidence(concurrency=34),
    "percentiles": evidence(load=load(latency=latency(p50_ms=50.0))),
    "generator": evidence(busiest_generator=0.89),
    "steal": evidence(stolen=0.009),
    "throttled": evidence(throttled_s=0.019),
    "other load": evidence(others={"sshd (17)": 0.15}),
    "accounting": evidence(uncounted_s=0.0),
    "unsteady": evidence(trend=-0.2, cost_trend=0.1),
    "connections": evidence(reconnects=2000, keeps_alive=False),
    "ports": evidence(waiting=0.4),
    "delayed ack": evidence(load=load(latency=STUCK), concurrency=40, server_share=0.9),
    "other server": evidence(strangers=()),
    "configuration": evidence(objections=()),
    "unequal work": evidence(statements=1.0, declared=1),
    "saturated": evidence(load=load(answers=995, due=1000)),
}
"""As near to the threshold as it may be, where there is one."""


def codes(found: Evidence, of: frozenset[Figure] = EVERY) -> list[str]:
    return [objection.code for objection in judge(found, of)]


def test_evidence_without_fault_gives_no_reason() -> None:
    assert judge(evidence()) == ()


@pytest.mark.parametrize("code", FIRES)
def test_a_detector_fires_alone_and_says_why_in_a_sentence(code: str) -> None:
    (objection,) = judge(FIRES[code])

    assert objection.code == code
    assert objection.figures == DETECTORS[code].figures
    assert len(objection.sentence) > 10


@pytest.mark.parametrize("code", QUIET)
def test_a_detector_does_not_fire_below_its_threshold(code: str) -> None:
    assert code not in codes(QUIET[code])


def test_every_detector_has_a_case_in_which_it_fires_and_one_in_which_it_does_not() -> None:
    assert FIRES.keys() == QUIET.keys() == DETECTORS.keys()


def test_a_changing_cost_is_unsteady_even_when_the_rate_is_not() -> None:
    assert codes(evidence(cost_trend=-0.2)) == ["unsteady"]


def test_of_few_requests_a_change_that_chance_explains_is_not_unsteady() -> None:
    assert codes(evidence(cost_trend=-0.2, trend=0.3, chance=0.11)) == []
    assert codes(evidence(cost_trend=-0.4, chance=0.11)) == ["unsteady"]
    assert codes(evidence(trend=0.4, chance=0.11)) == ["unsteady"]


def test_what_the_generator_says_against_itself_counts() -> None:
    assert codes(evidence(load=load(warnings=("CPU usage above 90 %",)))) == ["generator"]


def test_at_a_fixed_rate_fewer_connections_than_there_are_may_be_in_use() -> None:
    assert codes(evidence(load=load(due=2000), concurrency=500)) == []


def test_the_mean_of_latencies_lies_between_the_least_and_the_most() -> None:
    assert "percentiles" in codes(evidence(load=load(latency=latency(mean_ms=101.0))))
    assert "percentiles" in codes(evidence(load=load(latency=latency(min_ms=0.0))))


def test_a_few_uncounted_statements_are_no_unequal_work() -> None:
    assert codes(replace(evidence(), statements=None, declared=3)) == []


MACHINE = evidence(stolen=0.02, others={"mypy (17)": 0.6}, trend=0.4, in_turns=True)


def test_what_the_machine_does_to_all_alike_leaves_costs_in_turns_and_spoils_what_passes_on_the_clock() -> None:
    assert codes(MACHINE, frozenset({Figure.COST})) == []
    assert {one.code: one.figures for one in judge(MACHINE)} == {"steal": TIMES, "other load": TIMES}
    assert {one.code: one.figures for one in judge(replace(MACHINE, in_turns=False))} == dict.fromkeys(
        ("steal", "other load", "unsteady"), TIMES | {Figure.COST}
    )


def test_only_the_figures_that_were_asked_for_are_spoiled() -> None:
    (found,) = judge(FIRES["errors"], frozenset({Figure.COST}))

    assert found.figures == {Figure.COST}
    assert codes(FIRES["saturated"], frozenset({Figure.COST})) == []
    assert codes(FIRES["accounting"], TIMES) == []


def test_in_turns_few_answers_are_enough_and_a_window_may_be_short() -> None:
    short = replace(evidence(load=load(answers=8, ended_s=10.3, latency=None)), in_turns=True)

    assert codes(short) == []
    assert codes(replace(short, load=load(answers=7, latency=None))) == ["few answers"]
    assert codes(replace(short, in_turns=False)) == ["few answers", "short window"]


@pytest.mark.parametrize("code", DETECTORS)
def test_in_turns_no_detector_spoils_more_than_it_does_otherwise(code: str) -> None:
    assert DETECTORS[code].in_turns <= DETECTORS[code].figures
