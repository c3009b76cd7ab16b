"""Processes that a killed run left behind. A mark in their environment identifies them, never their name."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from typing import Final

import psutil

from perfcompare.core import env

MARK: Final = "PERFCOMPARE_RUN"
"""Set to the state folder in every server and generator that a run starts; children inherit it."""
_STOP_S: Final = 5.0


def marked() -> dict[str, str]:
    """The variable that makes a process findable as this state folder's."""
    return {MARK: str(env.state_folder().resolve())}


def end_all() -> list[str]:
    """End every process with this state folder's mark, and return its description. Call it under the run's lock.

    Under the lock no other run is alive. At the start of a run these processes are leftovers, and at its end its own.
    """
    found = list(_found())
    names = [f"{_name(process)} (process {process.pid})" for process in found]
    for process in found:
        _send(process, kill=False)
    _gone, alive = psutil.wait_procs(found, timeout=_STOP_S)
    for process in alive:
        _send(process, kill=True)
    psutil.wait_procs(alive, timeout=_STOP_S)
    return names


def others(*roots: int) -> list[str]:
    """The command lines of living processes with this state folder's mark, outside the trees of `roots`."""
    found = list(_found())
    mine = {*roots, *(child.pid for root in roots for child in _descendants(root))}
    return [f"{_name(process)} (process {process.pid})" for process in found if process.pid not in mine]


def _descendants(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:  # a server that has ended: other detectors report it
        return []


def _found() -> Iterator[psutil.Process]:
    mark = marked()[MARK]
    spared = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):  # it has ended, or it belongs to another user and is not ours
            if process.pid not in spared and process.environ().get(MARK) == mark:
                yield process


def _send(process: psutil.Process, *, kill: bool) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        process.kill() if kill else process.terminate()


def _name(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline()[:4])
    except psutil.Error:
        return "a process that has just ended"
