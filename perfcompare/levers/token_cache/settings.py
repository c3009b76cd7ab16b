"""What a project may set: `PERFCOMPARE = {"token_cache": {"ttl_s": 10}}`."""

from __future__ import annotations

from dataclasses import dataclass

from perfcompare.levers._options import Count, Seconds, read


@dataclass(frozen=True, kw_only=True)
class Options:
    """How long, and how many."""

    ttl_s: Seconds = 30.0
    """How long a token is remembered."""
    poll_s: Seconds = 1.0
    """How often a process looks whether another one has written."""
    max_entries: Count = 10_000


def options() -> Options:
    """As the project has set them."""
    return read("token_cache", Options)
