"""gunicorn's threaded worker: one loop that accepts, a pool of threads that answer."""

from __future__ import annotations

from collections.abc import Sequence

from perfcompare.core.server import Launch, Server
from perfcompare.servers._gunicorn import gunicorn
from perfcompare.servers._slow_clients import BLOCKED, UNENDING


def command(launch: Launch) -> Sequence[str]:
    """The argument vector."""
    return gunicorn(launch, "gthread", "--threads", str(launch.threads))


SERVER = Server(
    label="gunicorn gthread",
    interface="wsgi",
    packages=("gunicorn",),
    command=command,
    limits=("A worker handles as many requests at a time as it has threads.", BLOCKED, UNENDING),
)
