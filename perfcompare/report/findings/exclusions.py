"""Excluded visits: what happened, why, and the way out. A page begins with them when much of its run is excluded.

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
"""The code of a rate that could not be kept up."""
MUCH: Final = 0.25
"""The share of the visits from which on the page begins with it."""


@dataclass(frozen=True, kw_only=True)
class Remedy:
    """One detector that objects to visits of a run."""

    name: str
    """Its code; `failed` for visits without figures, `withdrawn` for those that a person took out."""
    visits: int
    known: Cause


def remedies(report: Report) -> tuple[Remedy, ...]:
    """Each detector that objects, the most frequent first; empty when nothing is excluded."""
    return _remedies(report.excluded)


def _remedies(visits: Iterable[Excluded]) -> tuple[Remedy, ...]:
    causes = Counter(name for visit in visits for name in _names(visit))
    return tuple(
        Remedy(name=formatting.printable(name), visits=count, known=CAUSES.get(name, OTHER))
        for name, count in causes.most_common()
    )


def sentences(report: Report) -> tuple[str, ...]:
    """What happened, then what to do, most frequent first and each once; empty while little is excluded.

    A stack that cannot keep up a rate that others can is an answer and no trouble.
    """
    visits = [visit for visit in report.excluded if not visit.cell.anchor]
    windows = [visit for visit in report.excluded if visit.cell.anchor and set(_names(visit)) != {BEHIND}]
    groups = (
        ("visits are not valid and take part in no comparison", visits, (*report.cells, *report.fixed_rate_cells)),
        ("windows at equal load have no latency that can be used", windows, report.equal_load_cells),
    )
    said = [(what, found, sum(cell.visited for cell in cells)) for what, found, cells in groups]
    told = [(what, found, count) for what, found, count in said if count and len(found) >= MUCH * count]
    return (
        *(f"{len(found)} of {count} {what}: {_listed(found)}." for what, found, count in told),
        *dict.fromkeys(way for _what, found, _count in told for one in _remedies(found) for way in one.known.ways_out),
    )


def _listed(found: Iterable[Excluded]) -> str:
    return ", ".join(f"{one.name} ({one.visits})" for one in _remedies(found))


def _names(visit: Excluded) -> Sequence[str]:
    """The detectors that object, each once."""
    return ["failed"] if visit.failed else list(dict.fromkeys(one.code for one in visit.objections))
