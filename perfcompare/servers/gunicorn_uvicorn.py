"""gunicorn as the process manager of uvicorn."""

from __future__ import annotations

from collections.abc import Sequence

from perfcompare.core.server import Launch, Server
from perfcompare.servers._gunicorn import gunicorn
from perfcompare.servers._httptools import BLANKS
from perfcompare.servers._slow_clients import UNENDING


def command(launch: Launch) -> Sequence[str]:
    """The argument vector; the worker takes uvloop and httptools where they are installed."""
    return gunicorn(launch, "uvicorn_worker.UvicornWorker")


SERVER = Server(
    label="gunicorn + uvicorn",
    interface="asgi",
    packages=("gunicorn", "uvicorn-worker", "uvicorn", "uvloop", "httptools"),
    command=command,
    limits=(
        "The worker has no options for event loop and HTTP parser: it takes uvloop and httptools where installed.",
        "uvicorn's middleware for proxy headers stays in the path, trusting nobody; the worker cannot leave it out.",
        "There is no limit on open connections.",
        UNENDING,
        BLANKS,
    ),
)
