"""The part of granian's command line that its interfaces share (https://github.com/emmett-framework/granian)."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Final

from perfcompare.core.interface import Interface
from perfcompare.core.server import Launch
from perfcompare.servers._settings import LOG_LEVEL, MAX_CONNECTIONS, STOP_S

_LONGEST_IDLE_MS: Final = 60_000
"""granian has one time limit for an idle connection and a slow header, and allows no more."""

IDLE_LIMIT: Final = (
    "There is no keep-alive timeout: the limit on reading a request's head, 60 s at most, also closes idle connections."
)


def granian(launch: Launch, interface: Interface, *more: str) -> Sequence[str]:
    """The argument vector for `launch` with an `interface` application; `more` is put before the application."""
    return [
        sys.executable, "-m", "granian",
        "--interface", interface,
        "--host", launch.host,
        "--port", str(launch.port),
        "--workers", str(launch.workers),
        "--backlog", str(launch.backlog),
        "--http1-keep-alive",
        "--http1-header-read-timeout", str(min(1000 * launch.keep_alive_s, _LONGEST_IDLE_MS)),
        "--backpressure", str(MAX_CONNECTIONS),
        "--workers-kill-timeout", str(STOP_S),
        "--log-level", LOG_LEVEL,
        "--no-access-log",
        # The others speak HTTP/1.1 only.
        "--http", "1",
        "--ws" if launch.sockets else "--no-ws",
        *more,
        launch.target,
    ]  # fmt: skip
