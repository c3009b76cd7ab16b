"""What the processes of a server hold: memory, threads and files."""

from __future__ import annotations

from dataclasses import dataclass

from perfcompare.runner import procfs
from perfcompare.runner.sampler import tree_pss_kib


@dataclass(frozen=True, kw_only=True)
class Holding:
    """Of a whole process tree."""

    pss_kib: int
    threads: int
    files: int
    """Open ones, sockets among them."""


@dataclass(frozen=True, kw_only=True)
class Grown:
    """What a server holds with its clients. The fields of a measured level, with which they are stored."""

    in_server: int
    """By how many file descriptors its process tree had grown: the connections that it had accepted."""
    pss_kib: int
    """At that moment; so is the next but one."""
    idle_pss_kib: int
    threads: int

    @property
    def kib_each(self) -> float | None:
        """Memory that each of its connections takes; None when they took none that can be told."""
        growth = self.pss_kib - self.idle_pss_kib
        return growth / self.in_server if self.in_server > 0 < growth else None


def grown(now: Holding, idle: Holding) -> dict[str, int]:
    """The fields of Grown."""
    return {
        "in_server": max(0, now.files - idle.files),
        "pss_kib": now.pss_kib,
        "idle_pss_kib": idle.pss_kib,
        "threads": now.threads,
    }


def holding(pid: int) -> Holding:
    """What the process and those below it hold now."""
    members = procfs.tree(procfs.processes(), pid)
    pids = [member.pid for member in members]
    return Holding(
        pss_kib=tree_pss_kib(pids),
        threads=sum(member.threads for member in members),
        files=sum(map(procfs.open_files, pids)),
    )
