"""Invalid trials: what happened, why, and the way out. A page begins with it when much of its run is invalid.

The detectors are those of perfcompare.runner.validity and perfcompare.runner.crosscheck (docs/methodology.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from perfcompare.report.data import formatting
from perfcompare.report.data.report import Excluded, Report
from perfcompare.report.findings.remedies import CAUSES, OTHER, Cause

BEHIND: Final = "saturated"
"""The code for a rate that a server cannot keep up."""
MUCH: Final = 0.25
"""The page begins with it when at least this share of the trials is invalid."""


@dataclass(frozen=True, kw_only=True)
class Remedy:
    """One detector that objects to trials of a run."""

    name: str
    """Its code; `failed` for trials without figures, `withdrawn` for those that a person withdrew."""
    trials: int
    known: Cause


def remedies(report: Report) -> tuple[Remedy, ...]:
    """Each detector that objects, the most frequent first; empty when nothing is excluded."""
    return _remedies(report.excluded)


def _remedies(trials: Iterable[Excluded]) -> tuple[Remedy, ...]:
    causes = Counter(name for trial in trials for name in _names(trial))
    return tuple(
        Remedy(name=formatting.printable(name), trials=count, known=CAUSES.get(name, OTHER))
        for name, count in causes.most_common()
    )


def sentences(report: Report) -> tuple[str, ...]:
    """What happened, then what to do, most frequent first and each once; empty while little is excluded.

    A stack that cannot keep up a rate, although others can, is a result and not a problem.
    """
    trials = [trial for trial in report.excluded if not trial.cell.anchor]
    windows = [trial for trial in report.excluded if trial.cell.anchor and set(_names(trial)) != {BEHIND}]
    groups = (
        ("trials are invalid and left out of all comparisons", trials, (*report.cells, *report.fixed_rate_cells)),
        ("windows at equal load have no valid latency", windows, report.equal_load_cells),
    )
    said = [(what, found, sum(cell.visited for cell in cells)) for what, found, cells in groups]
    told = [(what, found, count) for what, found, count in said if count and len(found) >= MUCH * count]
    return (
        *(f"{len(found)} of {count} {what}: {_listed(found)}." for what, found, count in told),
        *dict.fromkeys(way for _what, found, _count in told for one in _remedies(found) for way in one.known.ways_out),
    )


def _listed(found: Iterable[Excluded]) -> str:
    return ", ".join(f"{one.name} ({one.trials})" for one in _remedies(found))


def _names(trial: Excluded) -> Sequence[str]:
    """The detectors that object, each once."""
    return ["failed"] if trial.failed else list(dict.fromkeys(one.code for one in trial.objections))
