"""Locks that a fork leaves open: another thread may hold one then, which in the child nobody gives back."""

from __future__ import annotations

import os
import threading


def fork_safe_lock() -> threading.Lock:
    """A lock that nobody holds in a process that was forked."""
    made = threading.Lock()
    os.register_at_fork(after_in_child=made._at_fork_reinit)  # type: ignore[attr-defined]  # as `logging` does
    return made
