"""Exact processor time of a process tree, from the kernel's own accounting.

A living process is read with its CPU clock (nanoseconds, clock_getcpuclockid(3)), an ended one through its parent's
`cutime` and `cstime`, into which the kernel adds it when it is waited for.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Mapping
from typing import Final

from perfcompare.core.errors import EnvironmentProblem
from perfcompare.runner import procfs

Key = tuple[int, int]
_SCHED: Final = 2
"""CPUCLOCK_SCHED of the kernel's include/linux/posix-timers.h: what the scheduler counted, user and system."""
_TOLERANCE_NS: Final = 2 * procfs.TICK_NS
"""`cutime` and `cstime` are each rounded down to a tick."""


def require_linux() -> None:
    """Raise EnvironmentProblem on a system whose kernel has no such clocks."""
    if sys.platform != "linux":
        raise EnvironmentProblem(
            f"Measuring needs Linux (/proc and the CPU clocks of other processes); this is {sys.platform}. "
            "Run it in a Linux container or virtual machine; everything else of this project works here."
        )


def clock_ns(pid: int) -> int:
    """User and system time of a living process, all its threads, in nanoseconds; OSError when it is gone."""
    return time.clock_gettime_ns((~pid << 3) | _SCHED)


class TreeClock:
    """The CPU time of a process and everything that descends from it, as one number that only grows.

    `refresh` finds the members of the tree. `read` is cheap and reads the known members. In between, a process that
    ended counts with its last reading, and a new one does not count. The next refresh knows both to the nanosecond
    or, when they have ended, to the tick.
    """

    def __init__(self, root: int) -> None:
        self.root = root
        self.members: tuple[procfs.Process, ...] = ()
        self.own: dict[Key, int] = {}
        """Nanoseconds of each member."""
        self.departed: set[Key] = set()
        """Members that have ended since the first refresh."""
        self.uncounted_ns = 0
        """Time of members that ended without being waited for within the tree: known only up to their last reading."""
        self._total_ns = 0
        self._first: procfs.Process | None = None

    def refresh(self, found: Mapping[int, procfs.Process]) -> int:
        """Find the members among all processes, then `read`."""
        members = self._tree(found)
        own = {member.key: _own_ns(member) for member in members}
        self._account_for_departed(members)
        self.members, self.own = members, own
        return self._sum()

    def read(self) -> int:
        """Nanoseconds of the tree up to now."""
        for key in self.own:
            with contextlib.suppress(OSError):  # ended: keeps its last reading until the next refresh
                self.own[key] = clock_ns(key[0])
        return self._sum()

    @property
    def ended(self) -> bool:
        """Whether the root has ended."""
        return any(pid == self.root for pid, _started in self.departed)

    def _tree(self, found: Mapping[int, procfs.Process]) -> tuple[procfs.Process, ...]:
        root = found.get(self.root)
        self._first = self._first or root
        if root is None or self._first is None or root.key != self._first.key:
            return ()  # gone, and its pid may already name another process
        return tuple(procfs.tree(found, self.root))

    def _sum(self) -> int:
        reaped = sum(member.reaped_ns for member in self.members)
        # a member that moved from its own clock into its parent's ticks is rounded, and the sum must not decrease
        self._total_ns = max(self._total_ns, sum(self.own.values()) + reaped + self.uncounted_ns)
        return self._total_ns

    def _account_for_departed(self, members: tuple[procfs.Process, ...]) -> None:
        before = {member.key: member for member in self.members}
        now = {member.key: member for member in members}
        departed = before.keys() - now.keys()
        if not departed:
            return
        self.departed |= departed
        expected = sum(self.own[key] + before[key].reaped_ns for key in departed)
        inherited = sum(now[key].reaped_ns - before[key].reaped_ns for key in before.keys() & now.keys())
        if expected - inherited > _TOLERANCE_NS:
            self.uncounted_ns += expected - inherited


def _own_ns(member: procfs.Process) -> int:
    """Its exact time. For one that has just ended: its last time in /proc, which fits its parent's ticks."""
    try:
        return clock_ns(member.pid)
    except OSError:
        return member.own_ns
