"""Samples processes while a load runs: a thread on the generator's processors reads the kernel's counters.

It reads CPU clocks every 10 ms, so that a window's edges fall close to a reading. It reads requests five times a
second, because the kernel looks through all connections of the machine for them. It reads members of a tree, threads,
files and connections twice a second. It reads PSS once a second, because the kernel walks all pages of the process for
it, and the mappings of that process wait meanwhile (how long: `python -m tests.perfcompare.runner.sampling_cost`).
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Self

from perfcompare.runner import cgroup, procfs
from perfcompare.runner.cpu import Key, TreeClock
from perfcompare.runner.sockets import Requests
from perfcompare.runner.timeline import Timeline

TICK_S: Final = 0.01
NETWORK_S: Final = 0.2
SCAN_S: Final = 0.5
PSS_S: Final = 1.0
TORN_S: Final = 0.002
"""A reading that took longer was interrupted, so its moment is not known."""

MOST_SNAPSHOTS: Final = 600
"""Of all processes of the machine. Beyond five minutes every second one is dropped, so that hours fit into memory."""

Snapshot = dict[int, procfs.Process]


class Tree:
    """One sampled process tree."""

    def __init__(self, root: int) -> None:
        self.clock = TreeClock(root)
        self.cpu = Timeline()
        """Seconds of processor time."""
        self.departures: list[float] = []
        """When members were found to have ended."""
        self.wanted: list[tuple[float, dict[Key, int]]] = []
        """Nanoseconds for which each member ran or waited for a processor, at each scan."""
        self.threads_peak = 0
        self.processes_peak = 0

    def scan(self, found: Mapping[int, procfs.Process]) -> None:
        """Learn the members."""
        gone = len(self.clock.departed)
        self.clock.refresh(found)
        if len(self.clock.departed) > gone:
            self.departures.append(time.monotonic())
        members = self.clock.members
        wanted = {key: own_ns + procfs.delayed_ns(key[0]) for key, own_ns in self.clock.own.items()}
        self.wanted.append((time.monotonic(), wanted))
        self.threads_peak = max(self.threads_peak, sum(member.threads for member in members))
        self.processes_peak = max(self.processes_peak, len(members))

    def read(self, *, outermost: bool = False) -> None:
        """Take one reading of the processor time, unless it took too long to have a moment.

        The readings before and after the load are always taken: an idle process has the same time at every moment.
        Without them a window could begin before the first reading or end after the last one.
        """
        before = time.monotonic()
        total_ns = self.clock.read()
        after = time.monotonic()
        if outermost or after - before < TORN_S:
            self.cpu.add((before + after) / 2, total_ns / 1e9)

    def departed_since(self, start_s: float) -> bool:
        """Whether a member was found to have ended since then."""
        return self.departed_between(start_s, float("inf"))

    def departed_between(self, start_s: float, end_s: float) -> bool:
        """Whether a member was found to have ended in that time."""
        return any(start_s <= moment <= end_s for moment in self.departures)

    def busiest(self, start_s: float, end_s: float) -> float:
        """The largest share of one processor that a single member used or waited for, over the scans in that time."""
        inside = [(at_s, wanted) for at_s, wanted in self.wanted if start_s <= at_s <= end_s]
        if len(inside) < 2:
            return 0.0
        (first_s, first), (last_s, last) = inside[0], inside[-1]
        wanted = (last[key] - first.get(key, 0) for key in last)
        return max(wanted, default=0) / 1e9 / (last_s - first_s)


@dataclass(frozen=True, kw_only=True)
class State:
    """What the server holds at one moment."""

    at_s: float
    """CLOCK_MONOTONIC."""
    threads: int
    files: int
    """Open file descriptors of the process tree."""
    connections: int
    """Established connections at the server's port."""
    closed: int
    """Connections to that port that have ended in the last minute."""
    database_connections: int | None
    """Of all clients to PostgreSQL; None when this project did not start it."""


class Sampler:
    """A context in which `trees`, by role, are watched; the one called `server` listens on `port`.

    It begins after the first reading of everything. Its end raises errors of the thread.
    """

    def __init__(self, trees: Mapping[str, int], *, port: int, cpus: frozenset[int] | None) -> None:
        self.trees = {role: Tree(root) for role, root in trees.items()}
        self.states: list[State] = []
        """At each scan."""
        self.pss: list[tuple[float, int]] = []
        """KiB of the server's process tree."""
        self.requests = Timeline()
        """Data segments that the server received: the traffic, independent of the generator's report."""
        self.opened = Timeline()
        """Connections that were opened on this machine: the traffic of a server that closes each one."""
        self.time_wait_peak = 0
        self.pss_peak_kib = 0
        self.throttled = Timeline()
        """Seconds for which a CPU quota held processes of this control group back."""
        self.stolen = Timeline()
        self.ticks = Timeline()
        self.snapshots: list[tuple[float, Snapshot]] = []
        """Every process of the machine, at each scan."""
        self._port = port
        self._requests = Requests(port)
        self._cpus = cpus
        self._begun = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sampler", daemon=True)
        self._error: BaseException | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        self._begun.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()
        if self._error is not None and error is None:
            raise self._error

    def _run(self) -> None:
        try:
            if self._cpus is not None:
                os.sched_setaffinity(0, self._cpus)  # 0: this thread alone
            self._watch()
        except BaseException as error:
            self._error = error
        finally:
            self._begun.set()

    def _watch(self) -> None:
        next_scan_s = next_network_s = next_pss_s = 0.0
        over = False
        while True:
            now_s = time.monotonic()
            if now_s >= next_scan_s or over:
                self._scan()
                next_scan_s = now_s + SCAN_S
            for tree in self.trees.values():
                tree.read(outermost=over or not self._begun.is_set())
            if now_s >= next_network_s or over:
                self._count()
                next_network_s = now_s + NETWORK_S
            if now_s >= next_pss_s or over:
                self._weigh()
                next_pss_s = now_s + PSS_S
            if over:
                return
            self._begun.set()
            over = self._over.wait(TICK_S)

    def _scan(self) -> None:
        found = procfs.processes()
        for tree in self.trees.values():
            tree.scan(found)
        now_s = time.monotonic()
        stolen, ticks = procfs.stolen()
        self.stolen.add(now_s, stolen)
        self.throttled.add(now_s, cgroup.throttled_s())
        self.ticks.add(now_s, ticks)
        self.snapshots.append((now_s, found))
        if len(self.snapshots) > MOST_SNAPSHOTS:
            del self.snapshots[1::2]
        self.states.append(self._state(now_s))

    def _state(self, now_s: float) -> State:
        members = self.trees["server"].clock.members
        established, closed, waiting = procfs.server_connections(self._port)
        self.time_wait_peak = max(self.time_wait_peak, waiting)
        database = self.trees.get("postgresql")
        return State(
            at_s=now_s,
            threads=sum(member.threads for member in members),
            files=sum(procfs.open_files(member.pid) for member in members),
            connections=established,
            closed=closed,
            database_connections=None if database is None else procfs.backends(database.clock.members),
        )

    def _count(self) -> None:
        now_s = time.monotonic()
        self.requests.add(now_s, self._requests.read())
        self.opened.add(now_s, procfs.tcp_counters()["PassiveOpens"])

    def _weigh(self) -> None:
        kib = tree_pss_kib([member.pid for member in self.trees["server"].clock.members])
        self.pss.append((time.monotonic(), kib))
        self.pss_peak_kib = max(self.pss_peak_kib, kib)


def tree_pss_kib(pids: list[int]) -> int:
    """The sum of their proportional set sizes, which counts a page shared among them once."""
    return sum(procfs.pss_kib(pid) for pid in pids)
