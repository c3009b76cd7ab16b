"""Reads processes, memory, processors and connections from /proc of the Linux kernel.

https://man7.org/linux/man-pages/man5/proc.5.html
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

TICK_NS: Final = 1_000_000_000 // os.sysconf("SC_CLK_TCK")
PROC: Final = Path("/proc")
ESTABLISHED: Final = "01"
TIME_WAIT: Final = "06"
CLOSE_WAIT: Final = "08"
"""The client has closed; the server has not noticed."""
_BACKEND: Final = re.compile(r"postgres: .*(\[local\]|\(\d+\))")
"""`postgres: user database [local] idle`, or with `address(port)` (update_process_title of its documentation)."""
_CHILDREN: Final = PROC / "thread-self/children"
_KERNEL_THREADS: Final = 2
"""The process id of kthreadd, the parent of every kernel thread."""


@dataclass(frozen=True, slots=True)
class Process:
    """One line of /proc/<pid>/stat."""

    pid: int
    name: str
    parent: int
    own_ns: int
    """User and system time of the process, in whole clock ticks."""
    reaped_ns: int
    """User and system time of its children that ended and were waited for, including that of their own such
    children."""
    threads: int
    started: int
    """Ticks since boot. Together with the pid, it identifies a process for ever."""

    @property
    def key(self) -> tuple[int, int]:
        """Unique, even after its pid is given to a new process."""
        return self.pid, self.started

    @property
    def kernel(self) -> bool:
        """Whether it is a part of the kernel."""
        return _KERNEL_THREADS in (self.pid, self.parent)


def parse(stat: str) -> Process:
    """A process from the text of its stat file; its name may hold blanks and brackets."""
    pid, _, rest = stat.partition(" (")
    name, _, line = rest.rpartition(") ")
    fields = line.split()
    return Process(
        pid=int(pid),
        name=name,
        parent=int(fields[1]),
        own_ns=(int(fields[11]) + int(fields[12])) * TICK_NS,
        reaped_ns=(int(fields[13]) + int(fields[14])) * TICK_NS,
        threads=int(fields[17]),
        started=int(fields[19]),
    )


def processes() -> dict[int, Process]:
    """Every process at this moment, by pid."""
    found: dict[int, Process] = {}
    for name in os.listdir(PROC):  # noqa: PTH208 - half the cost of iterdir, several times a second
        if name.isdecimal():
            with contextlib.suppress(OSError):  # ended meanwhile
                found[int(name)] = parse(Path(f"/proc/{name}/stat").read_text(encoding="utf-8", errors="replace"))
    return found


def family(root: int) -> dict[int, Process]:
    """`root` and its descendants, by pid, without a look at all other processes; empty when it is gone.

    Children of its threads count as its own, as they do in `tree`.
    """
    if not _CHILDREN.exists():  # a kernel without CONFIG_PROC_CHILDREN
        return {process.pid: process for process in tree(processes(), root)}
    found: dict[int, Process] = {}
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        with contextlib.suppress(OSError):  # ended meanwhile
            found[pid] = parse(Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace"))
            for task in os.listdir(f"/proc/{pid}/task"):  # noqa: PTH208 - as above
                waiting += map(int, Path(f"/proc/{pid}/task/{task}/children").read_text(encoding="utf-8").split())
    return found


def tree(found: Mapping[int, Process], root: int) -> list[Process]:
    """`root` and its descendants, parents first; empty when it is gone."""
    children: dict[int, list[int]] = {}
    for process in found.values():
        children.setdefault(process.parent, []).append(process.pid)
    members = [root] if root in found else []
    for pid in members:  # grows while it is walked
        members += children.get(pid, [])
    return [found[pid] for pid in members]


def pss_kib(pid: int) -> int:
    """Proportional set size: private memory, plus each shared page divided by the number of its users; 0 when gone."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8")
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")), 0)


def threads(pid: int) -> list[int]:
    """The ids of a process's threads; empty when it is gone."""
    try:
        return [int(path.name) for path in Path(f"/proc/{pid}/task").iterdir()]
    except OSError:
        return []


def delayed_ns(pid: int) -> int:
    """How long the process's threads were ready to run while others had the processor; 0 when the kernel does not tell.

    The second figure of `schedstat`: https://docs.kernel.org/scheduler/sched-stats.html.
    """
    total = 0
    for thread in threads(pid):
        with contextlib.suppress(OSError):  # ended, or a kernel without CONFIG_SCHED_INFO
            total += int(Path(f"/proc/{pid}/task/{thread}/schedstat").read_text(encoding="utf-8").split()[1])
    return total


def stolen() -> tuple[int, int]:
    """Ticks since boot that the hypervisor gave to others, and all ticks, over all processors (/proc/stat)."""
    ticks = _ticks()
    return (ticks[7] if len(ticks) > 7 else 0), sum(ticks)


def worked_s() -> float:
    """Seconds since boot that processors worked, all together, also those that the hypervisor gave to others."""
    ticks = _ticks()
    return (sum(ticks) - sum(ticks[3:5])) * TICK_NS / 1e9


def _ticks() -> list[int]:
    """Of all processors: user, nice, system, idle, iowait, irq, softirq, steal. Guest time is a part of user."""
    first = (PROC / "stat").read_text(encoding="utf-8").partition("\n")[0]
    return [int(word) for word in first.split()[1:9]]


def connections(state: str, port: int | None = None) -> int:
    """How many TCP connections are in that state, with `port` only those at this end of it."""
    return sum(
        words[3] == state and (port is None or int(words[1].rpartition(":")[2], 16) == port) for words in _sockets()
    )


def server_connections(port: int) -> tuple[int, int, int]:
    """Connections established at `port`, those at it in TIME_WAIT, and those of the whole machine in TIME_WAIT.

    The end that closes a connection first waits in TIME_WAIT for a minute.
    """
    established = closed = waiting = 0
    for words in _sockets():
        here, there = (int(address.rpartition(":")[2], 16) for address in words[1:3])
        established += words[3] == ESTABLISHED and here == port
        closed += words[3] == TIME_WAIT and port in (here, there)
        waiting += words[3] == TIME_WAIT
    return established, closed, waiting


def tcp_counters() -> dict[str, int]:
    """The kernel's counters of TCP since boot, by their names in RFC 4022 (/proc/net/snmp)."""
    names, values = [
        line.split()[1:]
        for line in (PROC / "net/snmp").read_text(encoding="utf-8").splitlines()
        if line.startswith("Tcp:")
    ]
    return {name: int(value) for name, value in zip(names, values, strict=True)}


def open_files(pid: int) -> int:
    """How many file descriptors a process has; 0 when it is gone or another user's."""
    try:
        return len(os.listdir(PROC / str(pid) / "fd"))  # noqa: PTH208 - as above
    except OSError:
        return 0


def backends(members: Iterable[Process]) -> int:
    """How many of PostgreSQL's processes serve a client. Their titles end in the client's address and their
    activity."""
    return sum(_BACKEND.match(command_line(member.pid)) is not None for member in members)


def command_line(pid: int) -> str:
    """The command line of a process, or the title that it gave itself; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        return ""


def ephemeral_ports() -> int:
    """How many ports the kernel has for outgoing connections."""
    low, high = map(int, (PROC / "sys/net/ipv4/ip_local_port_range").read_text(encoding="utf-8").split())
    return high - low + 1


def _sockets() -> Iterator[list[str]]:
    for table in ("tcp", "tcp6"):
        with contextlib.suppress(FileNotFoundError):  # no IPv6 here
            yield from (line.split() for line in (PROC / "net" / table).read_text(encoding="utf-8").splitlines()[1:])
