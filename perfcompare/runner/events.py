"""The events of a run, for progress displays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from perfcompare.core.measurement import Failure, Measurement
from perfcompare.runner.plan import PlannedTrial


@dataclass(frozen=True, kw_only=True)
class Began:
    """The run begins; a trial is expected to take `trial_s` seconds."""

    trials: int
    trial_s: float


@dataclass(frozen=True, kw_only=True)
class TrialBegan:
    """Trial `number` (1, 2, …) begins."""

    number: int
    trial: PlannedTrial


@dataclass(frozen=True, kw_only=True)
class TrialEnded:
    """Trial `number` has its outcome, after `seconds`."""

    number: int
    outcome: Measurement | Failure
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A sentence to show that belongs to no trial."""

    text: str


Event = Began | TrialBegan | TrialEnded | Notice
Tell = Callable[[Event], None]
