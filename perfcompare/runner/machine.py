"""What else happened on the machine during a load, from the kernel's counters at its beginning and end."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Mapping
from functools import cached_property

from perfcompare.runner import cgroup, figures, procfs


class Machine:
    """Reads the counters when it is created. Each property covers the time until its first use.

    `roots` are the trees that belong to the run beside this process and its own: embedded services.
    """

    def __init__(self, roots: Collection[int]) -> None:
        self._roots = (os.getpid(), *roots)
        self._began_s = time.monotonic()
        self._ticks = procfs.stolen()
        self._processes = procfs.processes()
        self._throttled_s = cgroup.throttled_s()

    @cached_property
    def stolen(self) -> float:
        """The share of the machine's time that the hypervisor gave to others."""
        stolen, ticks = (now - before for now, before in zip(procfs.stolen(), self._ticks, strict=True))
        return stolen / ticks if ticks else 0.0

    @cached_property
    def others(self) -> Mapping[str, float]:
        """Shares of a processor that processes outside the run used, by `name (pid)`."""
        found = procfs.processes()
        mine = {
            process.key
            for moment in (self._processes, found)
            for root in self._roots
            for process in procfs.tree(moment, root)
        }
        return figures.busy(self._processes, found, time.monotonic() - self._began_s, mine)

    @cached_property
    def waiting(self) -> float:
        """The share of the ports for outgoing connections that connections in TIME_WAIT hold."""
        return procfs.connections(procfs.TIME_WAIT) / procfs.ephemeral_ports()

    @cached_property
    def throttled_s(self) -> float:
        """How long a CPU quota held processes of this control group back, added up over the processors."""
        return cgroup.throttled_s() - self._throttled_s
