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


def holding(pid: int) -> Holding:
    """What the process and those below it hold now."""
    members = procfs.tree(procfs.processes(), pid)
    pids = [member.pid for member in members]
    return Holding(
        pss_kib=tree_pss_kib(pids),
        threads=sum(member.threads for member in members),
        files=sum(map(procfs.open_files, pids)),
    )
