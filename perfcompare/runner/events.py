"""What a run tells whoever watches it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from perfcompare.core.measurement import Failure, Measurement
from perfcompare.runner.plan import Visit


@dataclass(frozen=True, kw_only=True)
class Began:
    """The run begins; a visit is expected to take `visit_s` seconds."""

    visits: int
    visit_s: float


@dataclass(frozen=True, kw_only=True)
class VisitBegan:
    """Visit `number` (1, 2, …) begins."""

    number: int
    visit: Visit


@dataclass(frozen=True, kw_only=True)
class VisitEnded:
    """Visit `number` has its outcome, after `seconds`."""

    number: int
    outcome: Measurement | Failure
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Notice:
    """Something to know that belongs to no visit, in a sentence."""

    text: str


Event = Began | VisitBegan | VisitEnded | Notice
Tell = Callable[[Event], None]
