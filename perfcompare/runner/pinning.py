"""Gives the server its own processor cores. Generator, database and everything else get the others."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from perfcompare.runner import procfs

Cpus = frozenset[int]


@dataclass(frozen=True, kw_only=True)
class Placement:
    """The processors of the server and of the rest; None when there is one core and nothing is pinned."""

    server: Cpus | None
    rest: Cpus | None

    def describe(self) -> str:
        """A sentence for the environment of a run."""
        if self.server is None or self.rest is None:
            return "Nothing is pinned: there is one processor core, which server, generator and database share."
        return (
            f"The server runs on CPU {_listed(self.server)}, generator, database and the rest on {_listed(self.rest)}."
        )


def place(workers: int) -> Placement:
    """One core for each worker of the server, with at least one left for the rest.

    Only the CPUs that this process may use count, and the hardware threads of a core stay together.
    """
    cores = sorted({_siblings(cpu) & _allowed() for cpu in _allowed()}, key=min)
    if len(cores) < 2:
        return Placement(server=None, rest=None)
    share = min(workers, len(cores) - 1)
    return Placement(server=frozenset().union(*cores[:share]), rest=frozenset().union(*cores[share:]))


def pin(root: int, cpus: Cpus | None) -> None:
    """Keep a process tree, and all its future children, on `cpus`."""
    if cpus is not None:
        _restrict(dict.fromkeys(_affinities(root), cpus))


@contextmanager
def confined(roots: Iterable[int], cpus: Cpus | None) -> Iterator[None]:
    """Keep these process trees on `cpus`. Afterwards give the living ones their former CPUs back."""
    if cpus is None:
        yield
        return
    before = {root: found for root in roots if root in (found := _affinities(root))}
    try:
        for root in before:
            _restrict(dict.fromkeys(before[root], cpus))
        yield
    finally:
        for root in before:
            # processes that began meanwhile inherited the restriction, and get the root's CPUs
            _restrict({thread: before[root].get(thread, before[root][root]) for thread in _affinities(root)})


def _allowed() -> Cpus:
    return frozenset(os.sched_getaffinity(0))


def _siblings(cpu: int) -> Cpus:
    """The hardware threads of that CPU's core, itself included."""
    file = Path(f"/sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list")
    try:
        return frozenset(_parsed(file.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return frozenset({cpu})


def _parsed(text: str) -> Iterator[int]:
    """The numbers of a kernel list such as `0,4-6`."""
    for part in text.strip().split(","):
        low, _, high = part.partition("-")
        yield from range(int(low), int(high or low) + 1)


def _listed(cpus: Cpus) -> str:
    return ", ".join(map(str, sorted(cpus)))


def _affinities(root: int) -> dict[int, Cpus]:
    """The CPUs of every thread of a process tree."""
    found: dict[int, Cpus] = {}
    for process in procfs.tree(procfs.processes(), root):
        for thread in procfs.threads(process.pid):
            with contextlib.suppress(ProcessLookupError):
                found[thread] = frozenset(os.sched_getaffinity(thread))
    return found


def _restrict(wanted: dict[int, Cpus]) -> None:
    for thread, cpus in wanted.items():
        with contextlib.suppress(ProcessLookupError, PermissionError):  # ended, or not ours to move
            os.sched_setaffinity(thread, cpus)
