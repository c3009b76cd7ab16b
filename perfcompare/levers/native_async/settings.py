"""What a project may set: `PERFCOMPARE = {"native_async": {"max_size": 20, …}}`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from perfcompare.levers._options import Count, Limit, read


@dataclass(frozen=True, kw_only=True)
class Limits:
    """For every database and event loop."""

    max_size: Count = 20
    """Connections of one event loop to one database."""
    timeout_s: Limit | None = None
    """Longest wait for a free connection, and for a new one to be made. None is for ever, as with Django; a
    `connect_timeout` in OPTIONS holds for a new one."""
    command_timeout_s: Limit | None = None
    """Longest wait for a statement; the server gives it up then, too (`statement_timeout`). None is for ever."""
    statements: Count = 200
    """Prepared statements that each connection keeps."""
    receivers: Mapping[str, str] = field(default_factory=dict)
    """From synchronous receivers of signals to the asynchronous functions that are awaited in their place."""


def limits() -> Limits:
    """As the project has set them."""
    return read("native_async", Limits)
