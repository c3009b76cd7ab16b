"""Waits between two trials until nothing of the first one is under way.

A slow server keeps answering abandoned requests, and ports in TIME_WAIT are missing for new connections.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from perfcompare.runner import procfs

BACKLOG_S: Final = 2.0
"""Longest wait for a server to answer abandoned requests. Then it is stopped."""
TIME_WAIT_S: Final = 60.0
"""TCP_TIMEWAIT_LEN of the Linux kernel: by then every connection that waits now is gone."""
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
