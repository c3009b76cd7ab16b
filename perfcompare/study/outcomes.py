"""Checks the measuring by many comparisons of known things."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from perfcompare.core.statistics import Interval, Verdict, judge, noise_floor, ratio_interval

ORIGINAL: Final = "original"
TWIN: Final = "twin"
SAME: Final = "same"
PLANTED: Final = "planted"
ROLES: Final = (ORIGINAL, TWIN, SAME, PLANTED)
"""The cells of a round: a stack, its twin for the noise floor, the same once more to be compared, the slowed one."""

MAX_FALSE: Final = 1
"""Of 20 comparisons of a stack with itself, the most that may find a difference."""
MIN_FOUND: Final = 19
"""Of 20 comparisons with the slowed stack, the fewest that must find it."""
COMPARISONS: Final = 20

Round = Mapping[str, float]
"""The figure of each role in one round."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One comparison."""

    role: str
    interval: Interval | None
    floor: float | None
    verdict: Verdict | None


def outcomes(rounds: Sequence[Round], *, size: int, seed: int) -> tuple[Outcome, ...]:
    """The comparisons of `size` rounds each, no round in two of them, with SAME and PLANTED beside ORIGINAL.

    A noise floor and a verdict come about as in a report.
    """
    groups = [rounds[start : start + size] for start in range(0, len(rounds) - size + 1, size)]
    return tuple(_outcome(group, role, seed) for group in groups for role in (SAME, PLANTED))


def _outcome(rounds: Sequence[Round], role: str, seed: int) -> Outcome:
    floor = noise_floor([(one[TWIN], one[ORIGINAL]) for one in rounds])
    interval = ratio_interval([(one[role], one[ORIGINAL]) for one in rounds], seed=seed)
    return Outcome(
        role=role, interval=interval, floor=floor, verdict=judge(interval, floor=floor, rounds=len(rounds), dear=True)
    )


@dataclass(frozen=True, kw_only=True)
class Result:
    """The result of the comparisons."""

    comparisons: int
    """Of each of the two kinds."""
    false: int
    """Comparisons of the stack with itself that found a difference."""
    found: int
    """Comparisons with the slowed stack that found it slower."""

    @property
    def holds(self) -> bool:
        """Whether the measuring holds, in the proportions of MAX_FALSE and MIN_FOUND to COMPARISONS."""
        share = self.comparisons / COMPARISONS
        return self.comparisons > 0 and self.false <= MAX_FALSE * share and self.found >= MIN_FOUND * share


def result(found: Sequence[Outcome]) -> Result:
    """Count."""
    same = [one.verdict for one in found if one.role == SAME]
    planted = [one.verdict for one in found if one.role == PLANTED]
    return Result(
        comparisons=len(same),
        false=sum(verdict in (Verdict.FASTER, Verdict.SLOWER) for verdict in same),
        found=sum(verdict is Verdict.SLOWER for verdict in planted),
    )
