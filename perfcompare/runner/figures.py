"""Turns the readings of a window into the figures of a trial, and into the evidence for its detectors."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import TypedDict, Unpack

from perfcompare.core.generator import LoadResult
from perfcompare.core.measurement import Sample, Usage
from perfcompare.runner import procfs
from perfcompare.runner.sampler import Sampler, Snapshot
from perfcompare.runner.timeline import Timeline
from perfcompare.runner.validity import Evidence


class Found(TypedDict):
    """What a trial knows about its server besides the load; see Evidence."""

    keeps_alive: bool
    strangers: tuple[str, ...]
    objections: tuple[str, ...]
    statements: float | None
    declared: int | None


def usage(sampler: Sampler, load: LoadResult, *, pss_idle_kib: int | None) -> Usage:
    """What the processes used within the window; None for services on other machines."""
    server = sampler.trees["server"]
    cpu_s = {role: tree.cpu.between(load.started_s, load.ended_s) for role, tree in sampler.trees.items()}
    return Usage(
        server_cpu_s=cpu_s["server"],
        database_cpu_s=cpu_s.get("postgresql"),
        generator_cpu_s=cpu_s["generator"],
        cache_cpu_s=cpu_s.get("redis"),
        pss_idle_kib=pss_idle_kib,
        pss_peak_kib=None if pss_idle_kib is None else max(pss_idle_kib, sampler.pss_peak_kib),
        threads_peak=server.threads_peak,
        processes=server.processes_peak,
        files_peak=max(state.files for state in sampler.states),
        server_connections_peak=max(state.connections for state in sampler.states),
        database_connections_peak=_most(state.database_connections for state in sampler.states),
        reconnects=_reconnects(sampler, load.started_s, load.ended_s),
        samples=tuple(_samples(sampler, load)),
    )


def _most(counts: Iterable[int | None]) -> int | None:
    return max((count for count in counts if count is not None), default=None)


def _samples(sampler: Sampler, load: LoadResult) -> Iterator[Sample]:
    for state in sampler.states:
        if load.started_s <= state.at_s <= load.ended_s:
            yield Sample(
                at_s=round(state.at_s - load.started_s, 3),
                threads=state.threads,
                files=state.files,
                connections=state.connections,
                database_connections=state.database_connections,
                pss_kib=next((kib for at_s, kib in reversed(sampler.pss) if at_s <= state.at_s), None),
            )


def evidence(
    sampler: Sampler,
    load: LoadResult,
    *,
    concurrency: int,
    processors: int,
    difference: str | None,
    ailing: str | None,
    change: str | None = None,
    all_known: bool,
    **found: Unpack[Found],
) -> Evidence:
    """The evidence for the detectors; `found` is what the trial knows besides the readings.

    `processors` is how many the server may use. `all_known`: no service of this run may be among the machine's other
    processes.
    """
    window = (load.started_s, load.ended_s)
    trend = _trend(sampler.trees["server"].cpu, _traffic(sampler, found["keeps_alive"]), *window)
    used_s = sampler.trees["server"].cpu.between(*window)
    return Evidence(
        load=load,
        server_share=used_s / (load.ended_s - load.started_s) / processors,
        trend=trend.traffic,
        cost_trend=trend.cost,
        chance=trend.chance,
        reconnects=_reconnects(sampler, *window),
        waiting=sampler.time_wait_peak / procfs.ephemeral_ports(),
        concurrency=concurrency,
        busiest_generator=sampler.trees["generator"].busiest(*window),
        stolen=_stolen(sampler, *window),
        others=_others(sampler, *window) if all_known else {},
        throttled_s=sampler.throttled.between(*window),
        uncounted_s=sampler.trees["server"].clock.uncounted_ns / 1e9,
        ended=tuple(_ended(sampler, *window)),
        difference=difference,
        ailing=ailing,
        change=change,
        **found,
    )


def _reconnects(sampler: Sampler, start_s: float, end_s: float) -> int:
    closed = [state.closed for state in sampler.states if start_s <= state.at_s <= end_s]
    return max(closed[-1] - closed[0], 0) if closed else 0


@dataclass(frozen=True, kw_only=True)
class _Trend:
    """How much the last third of a window differs from the first."""

    traffic: float = 0.0
    cost: float = 0.0
    """Of the server's processor time per request."""
    chance: float = 0.0
    """Standard error of such a share, were the requests to come by chance: that of the ratio of two Poisson counts."""


def _traffic(sampler: Sampler, keeps_alive: bool) -> Timeline:
    return sampler.requests if keeps_alive else sampler.opened


def _trend(cpu: Timeline, traffic: Timeline, start_s: float, end_s: float) -> _Trend:
    """No trend where a third has no requests: there are detectors for so few.

    The thirds are those of the time from the first reading of the requests in the window to the last: what came
    after that is not known of connections that end with the window.
    """
    thirds = _thirds(*traffic.within(start_s, end_s))
    first, last = (traffic.between(*third) for third in thirds)
    first_s, last_s = (cpu.between(*third) for third in thirds)
    if not (first > 0 and last > 0 and first_s > 0):
        return _Trend()
    return _Trend(
        traffic=last / first - 1, cost=last_s / last / (first_s / first) - 1, chance=sqrt(1 / first + 1 / last)
    )


def _thirds(start_s: float, end_s: float) -> tuple[tuple[float, float], tuple[float, float]]:
    """The first and the last third of the window."""
    third_s = (end_s - start_s) / 3
    return (start_s, start_s + third_s), (end_s - third_s, end_s)


def _stolen(sampler: Sampler, start_s: float, end_s: float) -> float:
    ticks = sampler.ticks.between(start_s, end_s)
    return sampler.stolen.between(start_s, end_s) / ticks if ticks else 0.0


def _ended(sampler: Sampler, start_s: float, end_s: float) -> Iterator[str]:
    for role, tree in sampler.trees.items():
        if role == "server" and tree.departed_since(start_s):
            yield "server"
        elif role == "generator" and tree.departed_between(start_s, end_s):
            yield "generator"
        elif role not in {"server", "generator"} and tree.clock.ended:
            yield role


def _others(sampler: Sampler, start_s: float, end_s: float) -> Mapping[str, float]:
    """Shares of a processor that processes outside this run used, by `name (pid)`."""
    inside = [(at_s, found) for at_s, found in sampler.snapshots if start_s <= at_s <= end_s]
    if len(inside) < 2:
        return {}
    (first_s, first), (last_s, last) = inside[0], inside[-1]
    mine = {process.key for found in (first, last) for process in _mine(sampler, found)}
    return busy(first, last, last_s - first_s, mine)


def busy(first: Snapshot, last: Snapshot, seconds: float, without: set[tuple[int, int]]) -> dict[str, float]:
    """The share of a processor of every process that used any between two snapshots `seconds` apart."""
    before = {process.key: process.own_ns for process in first.values()}
    used = {
        f"{process.name} ({process.pid})": (process.own_ns - before.get(process.key, 0)) / 1e9 / seconds
        for process in last.values()
        if process.key not in without and not process.kernel
    }
    return {name: share for name, share in used.items() if share > 0}


def _mine(sampler: Sampler, found: Snapshot) -> Iterator[procfs.Process]:
    for root in (os.getpid(), *(tree.clock.root for tree in sampler.trees.values())):
        yield from procfs.tree(found, root)
