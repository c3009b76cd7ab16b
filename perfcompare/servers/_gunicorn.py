"""The part of gunicorn's command line that its worker classes share (https://gunicorn.org/reference/settings/)."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from perfcompare.core.server import Launch
from perfcompare.servers._settings import LOG_LEVEL, MAX_CONNECTIONS, STOP_S

SILENT_S: Final = 30
"""After how long a worker that does not report is killed, and a body is no longer waited for under ASGI: gunicorn's
default, written out."""
NO_CONFIGURATION: Final = "perfcompare.servers._no_configuration"
_MEASURED: Final = (
    # A gunicorn.conf.py in the working directory would change what is measured.
    *("--config", f"python:{NO_CONFIGURATION}"),
    # Two gunicorns of one user would share the control socket.
    "--no-control-socket",
)
SHARED_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - gunicorn unlinks its heartbeat file at once


def gunicorn(launch: Launch, worker_class: str, *more: str) -> Sequence[str]:
    """The argument vector for `launch` with workers of `worker_class`; `more` is put before the application."""
    return [
        sys.executable, "-m", "gunicorn",
        *(_MEASURED if launch.measured else ()),
        "--bind", f"{launch.host}:{launch.port}",
        "--worker-class", worker_class,
        "--workers", str(launch.workers),
        "--backlog", str(launch.backlog),
        "--keep-alive", str(launch.keep_alive_s),
        "--worker-connections", str(MAX_CONNECTIONS),
        "--timeout", str(SILENT_S),
        "--graceful-timeout", str(STOP_S),
        "--log-level", LOG_LEVEL,
        "--forwarded-allow-ips", "",
        *_heartbeat_folder(),
        *more,
        launch.target,
    ]  # fmt: skip


def _heartbeat_folder() -> Sequence[str]:
    # On a disk, a worker's heartbeat can block it (https://gunicorn.org/reference/settings/#worker_tmp_dir).
    return ["--worker-tmp-dir", str(SHARED_MEMORY)] if SHARED_MEMORY.is_dir() else []
