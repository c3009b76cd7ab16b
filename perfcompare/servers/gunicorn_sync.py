"""gunicorn's default worker: one request at a time."""

from __future__ import annotations

from collections.abc import Sequence

from perfcompare.core.server import Launch, Server
from perfcompare.servers._gunicorn import SILENT_S, gunicorn
from perfcompare.servers._slow_clients import BLOCKED


def command(launch: Launch) -> Sequence[str]:
    """The argument vector; without `threads`, which would make gunicorn use its gthread worker."""
    return gunicorn(launch, "sync")


SERVER = Server(
    label="gunicorn sync",
    interface="wsgi",
    packages=("gunicorn",),
    command=command,
    keeps_alive=False,
    limits=(
        "It closes the connection after each answer: every request pays for a new one.",
        "A worker handles one request at a time; the others wait in the backlog.",
        BLOCKED,
        f"gunicorn kills a worker that has waited for a body for {SILENT_S} s, and answers 500.",
    ),
)
