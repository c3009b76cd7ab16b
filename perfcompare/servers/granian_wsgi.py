"""granian with a WSGI application: HTTP in Rust, requests in a pool of Python threads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from perfcompare.core.server import Launch, Server
from perfcompare.servers._granian import IDLE_LIMIT, granian
from perfcompare.servers._slow_clients import BLOCKED, UNENDING

_IDLE_S: Final = 600
"""The longest that granian takes. A thread that ends leaves a connection to the database that it has kept."""


def command(launch: Launch) -> Sequence[str]:
    """The argument vector."""
    idle = ("--blocking-threads-idle-timeout", str(_IDLE_S))
    return granian(launch, "wsgi", "--blocking-threads", str(launch.threads), *idle)


SERVER = Server(
    label="granian WSGI",
    interface="wsgi",
    packages=("granian",),
    command=command,
    limits=(IDLE_LIMIT, "A worker handles as many requests at a time as it has threads.", BLOCKED, UNENDING),
)
