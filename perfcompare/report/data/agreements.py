"""Agreement of two load generators: whether both see the same cost of a request in the same cell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from perfcompare.core.measurement import Cell
from perfcompare.core.statistics import Interval, ratio_interval
from perfcompare.report.data.ratios import Trials, paired

TOLERANCE: Final = 0.05
"""By which two instruments may differ: they send the same requests at not quite the same rhythm."""


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """One cell, measured with two generators in the same rounds."""

    cell: Cell
    generators: tuple[str, str]
    """The run's own, and the second one."""
    rounds: int
    """In which both were valid."""
    interval: Interval | None
    """Of the ratio of their CPU costs per request, the first divided by the second; None with too few rounds."""

    @property
    def holds(self) -> bool | None:
        """Whether they agree; None when that is not known."""
        return None if self.interval is None else agree(self.interval)

    def __str__(self) -> str:
        where = f"{self.cell}, measured with {' and '.join(self.generators)}"
        if self.interval is None:
            return f"{where}: {self.rounds} rounds were valid with both, too few to say whether the two agree."
        return f"{where}: the CPU costs per request have the ratio {verdict(self.interval)}"


def agree(interval: Interval) -> bool:
    """Whether the interval of the ratio reaches into 1 +- TOLERANCE: nothing then says that they differ by more."""
    return interval.low <= 1 + TOLERANCE and interval.high >= 1 - TOLERANCE


def verdict(interval: Interval) -> str:
    """The ratio with its interval, and what that says, as the end of a sentence."""
    bounds = f"{interval.middle:.3f} [{interval.low:.3f}, {interval.high:.3f}]"
    if not agree(interval):
        return f"{bounds}: they do not agree within {TOLERANCE:.0%}."
    if interval.low >= 1 - TOLERANCE and interval.high <= 1 + TOLERANCE:
        return f"{bounds}: they agree within {TOLERANCE:.0%}."
    return (
        f"{bounds}: nothing says that they differ by more than {TOLERANCE:.0%}, but the interval is wide; more rounds"
        " would tell."
    )


def collect(trials: Trials, own: str, seed: int) -> tuple[Agreement, ...]:
    """What the cells with a second instrument say; `own` is the run's generator."""
    return tuple(_agreements(trials, own, seed))


def _agreements(trials: Trials, own: str, seed: int) -> Iterator[Agreement]:
    for cell, rows in trials.items():
        if cell.instrument:
            pairs = [
                (one.server_cpu_us, other.server_cpu_us)
                for one, other in paired(trials.get(cell.plain, ()), rows)
                if one.server_cpu_us and other.server_cpu_us
            ]
            yield Agreement(
                cell=cell.plain,
                generators=(own, cell.instrument),
                rounds=len(pairs),
                interval=ratio_interval(pairs, seed=seed),
            )
