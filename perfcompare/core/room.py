"""A room: an application that holds WebSockets. Dotted strings declare it, so that listing imports no framework."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from perfcompare.core.http import NOTHING

ECHO = "echo"
"""The path at which each message comes back to its sender."""
BROADCAST = "broadcast"
"""The path at which each message goes to every socket that is open there."""


@dataclass(frozen=True, kw_only=True)
class Room:
    """A framework's WebSockets, with one way to take a message to all of them."""

    label: str
    summary: str
    packages: tuple[str, ...]
    """The distributions whose versions are part of its results, the framework first."""
    target: str
    """The `module:attribute` that an ASGI server loads. It serves ECHO, BROADCAST and `/health`."""
    environ: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    """What its processes are told."""
    redis: bool
    """Whether Redis carries the messages. Otherwise only the sockets of the same process get them."""
