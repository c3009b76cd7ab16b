"""From what was watched to figures and evidence, with made-up readings."""

from __future__ import annotations

from typing import Any

import pytest

from perfcompare.core.generator import LoadResult
from perfcompare.runner import figures, procfs
from perfcompare.runner.figures import Found
from perfcompare.runner.sampler import Sampler, State
from perfcompare.runner.timeline import Timeline

FOUND: Found = {"keeps_alive": True, "strangers": (), "objections": (), "statements": None, "declared": 0}
START_S, END_S = 10.0, 13.0


def load() -> LoadResult:
    return LoadResult(started_s=START_S, ended_s=END_S, answers=3000, errors=0, latency=None, received_bytes=1)


def watched(
    requests: tuple[float, float, float] = (100.0, 100.0, 100.0), cpu: tuple[float, float, float] = (0.5, 0.5, 0.5)
) -> Sampler:
    """A server that got so many requests and used so many seconds in each second of the window."""
    sampler = Sampler({"server": 1, "generator": 2, "postgresql": 3}, port=1, cpus=None)
    for tree in sampler.trees.values():
        tree.cpu.add(START_S - 1, 0.0)
        tree.cpu.add(START_S, 0.0)
    sampler.requests.add(START_S, 0.0)
    sampler.opened.add(START_S, 0.0)
    for second in range(3):
        moment = START_S + second + 1
        sampler.requests.add(moment, sum(requests[: second + 1]))
        sampler.opened.add(moment, second + 1.0)
        sampler.trees["server"].cpu.add(moment, sum(cpu[: second + 1]))
        for role in ("generator", "postgresql"):
            sampler.trees[role].cpu.add(moment, 0.3 * (second + 1))
    for clock in (sampler.stolen, sampler.ticks, sampler.throttled):
        clock.add(START_S, 0.0)
        clock.add(END_S, 600.0)
    return sampler


def state(at_s: float, **given: Any) -> State:
    values = {"threads": 5, "files": 20, "connections": 32, "closed": 0, "database_connections": 4}
    return State(at_s=at_s, **{**values, **given})


def evidence(sampler: Sampler, processors: int = 1) -> Any:
    return figures.evidence(
        sampler, load(), concurrency=32, processors=processors, difference=None, ailing=None, all_known=True, **FOUND
    )


def test_a_steady_window_has_no_trend() -> None:
    found = evidence(watched())

    assert (found.trend, found.cost_trend) == (pytest.approx(0.0), pytest.approx(0.0))


def test_traffic_that_fades_is_a_trend_of_the_rate_alone() -> None:
    found = evidence(watched(requests=(100.0, 80.0, 60.0), cpu=(0.5, 0.4, 0.3)))

    assert (found.trend, found.cost_trend) == (pytest.approx(-0.4), pytest.approx(0.0))


def test_a_cold_start_is_a_trend_of_the_cost() -> None:
    found = evidence(watched(cpu=(0.8, 0.5, 0.4)))

    assert (found.trend, found.cost_trend) == (pytest.approx(0.0), pytest.approx(-0.5))


def test_a_server_that_closes_each_connection_is_judged_by_how_many_are_opened() -> None:
    closing: Found = {**FOUND, "keeps_alive": False}
    found = figures.evidence(
        watched(requests=(0.0, 0.0, 0.0)),
        load(),
        concurrency=32,
        processors=1,
        difference=None,
        ailing=None,
        all_known=True,
        **closing,
    )

    assert found.trend == pytest.approx(0.0)
    assert found.cost_trend == pytest.approx(0.0)
    assert found.chance == pytest.approx(2**0.5)


def test_the_fewer_requests_the_more_a_trend_may_be_chance() -> None:
    assert evidence(watched()).chance == pytest.approx(0.02**0.5)
    assert evidence(watched(requests=(10000.0,) * 3)).chance == pytest.approx(0.0002**0.5)


def test_requests_after_the_last_reading_of_the_window_are_no_trend() -> None:
    sampler = watched()
    sampler.requests = Timeline()
    for moment in (9.9, 10.1, 10.5, 11.0, 11.5, 12.0, 12.5, 12.9):
        sampler.requests.add(moment, max(0.0, moment - START_S) * 100)
    sampler.requests.add(13.1, 290.0)  # the connections ended at 13.0, with the 10 requests since 12.9

    assert evidence(sampler).trend == pytest.approx(0.0)


def test_a_window_without_requests_has_no_trend() -> None:
    assert evidence(watched(requests=(0.0, 0.0, 0.0))).cost_trend == 0.0


def test_the_servers_share_is_of_all_the_processors_it_may_use() -> None:
    assert evidence(watched()).server_share == pytest.approx(0.5)
    assert evidence(watched(), processors=2).server_share == pytest.approx(0.25)


def test_connections_that_ended_within_the_window_are_reconnects() -> None:
    sampler = watched()
    closed = {9.0: 100, 10.5: 140, 12.5: 340, 13.5: 900}
    sampler.states = [state(at_s, closed=number) for at_s, number in closed.items()]

    assert evidence(sampler).reconnects == 200


def test_ports_that_wait_are_a_share_of_those_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(procfs, "ephemeral_ports", lambda: 1000)
    sampler = watched()
    sampler.time_wait_peak = 600

    assert evidence(sampler).waiting == pytest.approx(0.6)


def test_what_the_trial_found_is_part_of_the_evidence() -> None:
    known: Found = {**FOUND, "strangers": ("other",), "statements": 2.0}
    found = figures.evidence(
        watched(), load(), concurrency=32, processors=1, difference="wrong", ailing="away", all_known=True, **known
    )

    assert (found.strangers, found.statements) == (("other",), 2.0)
    assert (found.difference, found.ailing) == ("wrong", "away")


def test_usage_holds_the_most_that_was_seen_and_the_window_as_it_went() -> None:
    sampler = watched()
    sampler.pss = [(9.5, 1000), (12.0, 1200)]
    sampler.states = [
        state(9.0, connections=0, files=4),
        state(10.5, files=30),
        state(12.5, connections=31, database_connections=9),
    ]

    usage = figures.usage(sampler, load(), pss_idle_kib=900)

    assert (usage.files_peak, usage.server_connections_peak, usage.database_connections_peak) == (30, 32, 9)
    assert [(one.at_s, one.files, one.pss_kib) for one in usage.samples] == [(0.5, 30, 1000), (2.5, 20, 1200)]


def test_connections_to_a_database_of_others_are_not_known() -> None:
    sampler = watched()
    sampler.states = [state(11.0, database_connections=None)]

    assert figures.usage(sampler, load(), pss_idle_kib=900).database_connections_peak is None
