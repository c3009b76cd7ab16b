"""gunicorn's own ASGI worker."""

from __future__ import annotations

from collections.abc import Sequence

from perfcompare.core.server import Launch, Server
from perfcompare.servers._gunicorn import SILENT_S, gunicorn


def command(launch: Launch) -> Sequence[str]:
    """The argument vector; a stack that has lifespan handlers gets them called."""
    return gunicorn(launch, "asgi", "--asgi-loop", "uvloop")


SERVER = Server(
    label="gunicorn ASGI",
    interface="asgi",
    packages=("gunicorn", "uvloop"),
    command=command,
    limits=(
        "The ASGI worker reads the limit on open connections but does not enforce it.",
        f"A body that does not come is waited for {SILENT_S} s, then the application answers 400.",
    ),
)
