"""A server: how to start one application with given settings, and what the server cannot do."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from perfcompare.core.interface import Interface


@dataclass(frozen=True, kw_only=True)
class Launch:
    """The settings for a start, the same for every server."""

    target: str
    """`module:attribute` of the application."""
    port: int
    host: str = "127.0.0.1"
    workers: int = 1
    threads: int = 8
    """Threads per worker for servers that run WSGI applications in threads."""
    backlog: int = 2048
    keep_alive_s: int = 75
    sockets: bool = False
    """Whether the application holds WebSockets; a server that can leave them out does so otherwise."""
    measured: bool = True
    """Whether this program starts it; else somebody types it, without what only measuring needs."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """One server program in one mode."""

    label: str
    interface: Interface
    packages: tuple[str, ...]
    """The distributions whose versions are part of its results, the server first."""
    command: Callable[[Launch], Sequence[str]]
    """The argument vector that starts it in the foreground, with `sys.executable` first."""
    keeps_alive: bool = True
    """Whether it answers several requests on one connection."""
    limits: tuple[str, ...] = ()
    """What it cannot do although the others can, in sentences."""

    def lacks(self, other: Server) -> str:
        """What the other one does and this one does not, in words; empty where it can take the other's place."""
        if self.interface != other.interface:
            return f"it does not serve {other.interface.upper()}"
        return "it does not keep connections open" if self.keeps_alive < other.keeps_alive else ""

    def line(self, target: str) -> str:
        """The command line that serves `target` on port 8000, for people."""
        _, *arguments = self.command(Launch(target=target, port=8000, measured=False))
        return shlex.join(["python", *arguments])
