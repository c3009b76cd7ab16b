"""The process that measures a run: whether it is still the same one, and how it is asked to end."""

from __future__ import annotations

import os
import signal
from contextlib import suppress

from perfcompare.runner import procfs


def key_of(pid: int) -> tuple[int, int] | None:
    """The pid and when the process began, in ticks since boot; None when it is gone, or where there is no /proc."""
    try:
        return procfs.parse((procfs.PROC / str(pid) / "stat").read_text(errors="replace")).key
    except OSError:
        return None


def alive(pid: int | None, started: int | None) -> bool:
    """Whether exactly that process runs, and not a later one with its number."""
    return pid is not None and key_of(pid) == (pid, started)


def ended(pid: int | None, started: int | None) -> bool:
    """Send it TERM, which a run answers by keeping what it has; whether there was such a process."""
    if pid is None or not alive(pid, started):
        return False
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    return True
