"""Which rows the database of a run holds, as far as measuring needs to know: two numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Dataset:
    """The first `count` users that a seed makes. What they hold is for scenarios to say, which make answers of them."""

    count: int
    seed: int
