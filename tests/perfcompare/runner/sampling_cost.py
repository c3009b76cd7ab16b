"""The processor time of each of the sampler's looks: `python -m tests.perfcompare.runner.sampling_cost`.

PSS is asked of a process of its own, which has written to as much memory as a server has.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median

from perfcompare.runner import procfs
from perfcompare.runner.sockets import Requests

MEBIBYTES = 50
TIMES = 51
_HOLDER = f"held = b'x' * ({MEBIBYTES} << 20); print(flush=True); input()"


def cost_us(look: Callable[[], object]) -> float:
    """Median of this thread's processor time."""
    found = []
    for _ in range(TIMES):
        began_ns = time.thread_time_ns()
        look()
        found.append((time.thread_time_ns() - began_ns) / 1000)
    return median(found)


def main() -> None:
    argv = [sys.executable, "-c", _HOLDER]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        holder.stdout.readline()
        looks: dict[str, Callable[[], object]] = {
            f"PSS of {MEBIBYTES} MiB": lambda: procfs.pss_kib(holder.pid),
            "all processes": procfs.processes,
            "connections": lambda: procfs.server_connections(80),
            "requests of a port": Requests(80).read,
        }
        for what, look in looks.items():
            sys.stdout.write(f"{what}: {cost_us(look):.0f} µs\n")
        holder.kill()


if __name__ == "__main__":
    main()
