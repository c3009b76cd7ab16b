"""granian with an ASGI application: HTTP in Rust, coroutines on uvloop."""

from __future__ import annotations

from collections.abc import Sequence

from perfcompare.core.server import Launch, Server
from perfcompare.servers._granian import IDLE_LIMIT, granian
from perfcompare.servers._slow_clients import UNENDING


def command(launch: Launch) -> Sequence[str]:
    """The argument vector; a stack that has lifespan handlers gets them called."""
    return granian(launch, "asgi", "--loop", "uvloop")


SERVER = Server(
    label="granian ASGI",
    interface="asgi",
    packages=("granian", "uvloop"),
    command=command,
    limits=(IDLE_LIMIT, UNENDING),
)
