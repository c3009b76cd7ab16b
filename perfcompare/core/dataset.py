"""The rows of a run's database, as two numbers: measuring needs no more."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Dataset:
    """The first `count` users that a seed makes. Scenarios say what the users hold and make answers of it."""

    count: int
    seed: int
