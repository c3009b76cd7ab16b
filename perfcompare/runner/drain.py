"""Between two trials: nothing of the first one may still be under way when the second one begins.

A server that is behind goes on answering abandoned requests, and ports in TIME_WAIT are missing for new connections.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from perfcompare.runner import procfs

BACKLOG_S: Final = 2.0
"""Longest wait for a server to answer what nobody waits for any more; then it is stopped all the same."""
TIME_WAIT_S: Final = 60.0
"""TCP_TIMEWAIT_LEN of the Linux kernel: after it, every connection that waits now is gone."""
_POLL_S = 0.02


def backlog(port: int) -> None:
    """Wait until the server on `port` has no connection left, at most BACKLOG_S."""
    _wait(
        lambda: procfs.connections(procfs.ESTABLISHED, port) + procfs.connections(procfs.CLOSE_WAIT, port) == 0,
        BACKLOG_S,
    )


def ports() -> None:
    """Wait while connections in TIME_WAIT hold half of the ports for outgoing connections, at most TIME_WAIT_S."""
    _wait(lambda: procfs.connections(procfs.TIME_WAIT) < procfs.ephemeral_ports() / 2, TIME_WAIT_S)


def _wait(reached: Callable[[], bool], longest_s: float) -> None:
    deadline = time.monotonic() + longest_s
    while not reached() and time.monotonic() < deadline:
        time.sleep(_POLL_S)
