"""uvicorn with its fast event loop and parser."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from perfcompare.core.server import Launch, Server
from perfcompare.servers._httptools import BLANKS
from perfcompare.servers._settings import LOG_LEVEL, STOP_S
from perfcompare.servers._slow_clients import UNENDING


def command(launch: Launch) -> Sequence[str]:
    """The argument vector; loop and parser are named so that a missing one is an error, not a slower server."""
    return [
        sys.executable, "-m", "uvicorn",
        "--host", launch.host,
        "--port", str(launch.port),
        "--workers", str(launch.workers),
        "--backlog", str(launch.backlog),
        "--timeout-keep-alive", str(launch.keep_alive_s),
        "--timeout-graceful-shutdown", str(STOP_S),
        "--loop", "uvloop",
        "--http", "httptools",
        "--log-level", LOG_LEVEL,
        "--no-access-log",
        "--no-proxy-headers",
        launch.target,
    ]  # fmt: skip


SERVER = Server(
    label="uvicorn",
    interface="asgi",
    packages=("uvicorn", "uvloop", "httptools"),
    command=command,
    limits=("There is no limit on open connections.", UNENDING, BLANKS),
)
