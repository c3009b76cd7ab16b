"""What a project may set: `PERFCOMPARE = {"database_connections": {"answer_timeout_s": 5}}`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from perfcompare.levers._options import Count, Limit, read


@dataclass(frozen=True, kw_only=True)
class Options:
    """The limit of the wait for an answer, and for the checks what no setting of Django says."""

    answer_timeout_s: Limit | None = None
    """How long a kept connection waits for an answer. None is for ever."""
    interface: Literal["wsgi", "asgi", ""] = ""
    """What serves, where the checks shall know."""
    workers: Count = 1
    """Server processes."""
    threads: Count = 1
    """Of each process."""


def options() -> Options:
    """As the project has set them."""
    return read("database_connections", Options)
