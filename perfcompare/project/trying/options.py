"""How much is measured."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Options:
    """Of one `try`."""

    seconds: float = 0.25
    """Time under load of each variant, for each request and round; more where answers are dear."""
    warmup_s: float = 1.0
    rounds_alone: int = 3
    """The fewest that have an interval."""
    rounds_together: int = 5
    """These figures are the answer."""
    threads: int = 8
    seed: int = 1
    servers: tuple[str, ...] = ()
    """The project's own first; empty: its usual one, and every other one that is installed."""
    only: tuple[str, ...] = ()
    """The names of changes; empty: all."""
    unsafe: bool = False
    """Whether requests that may write are sent."""


QUICK: Final = Options(seconds=0.06, warmup_s=0.1, rounds_together=3)
"""For a first look: the intervals are wide."""
