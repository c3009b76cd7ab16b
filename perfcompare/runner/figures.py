"""From what was watched during a window to the figures of a visit and the evidence for judging them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping

from perfcompare.core.generator import LoadResult
from perfcompare.core.measurement import Usage
from perfcompare.runner import procfs
from perfcompare.runner.sampler import Sampler, Snapshot
from perfcompare.runner.validity import Evidence


def usage(sampler: Sampler, load: LoadResult, *, pss_idle_kib: int) -> Usage:
    """What the processes used between the edges of the window; None for services that are not this machine's own."""
    server = sampler.trees["server"]
    cpu_s = {role: tree.cpu.between(load.started_s, load.ended_s) for role, tree in sampler.trees.items()}
    return Usage(
        server_cpu_s=cpu_s["server"],
        database_cpu_s=cpu_s.get("postgresql"),
        generator_cpu_s=cpu_s["generator"],
        cache_cpu_s=cpu_s.get("redis"),
        pss_idle_kib=pss_idle_kib,
        pss_peak_kib=max(pss_idle_kib, sampler.pss_peak_kib),
        threads_peak=server.threads_peak,
        processes=server.processes_peak,
    )


def evidence(
    sampler: Sampler, load: LoadResult, *, concurrency: int, difference: str | None, all_known: bool
) -> Evidence:
    """What the detectors look at. `all_known`: no service of this run may be among the machine's other processes."""
    window = (load.started_s, load.ended_s)
    return Evidence(
        load=load,
        concurrency=concurrency,
        busiest_generator=sampler.trees["generator"].busiest(*window),
        stolen=_stolen(sampler, *window),
        others=_others(sampler, *window) if all_known else {},
        uncounted_s=sampler.trees["server"].clock.uncounted_ns / 1e9,
        ended=tuple(_ended(sampler, *window)),
        difference=difference,
    )


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
