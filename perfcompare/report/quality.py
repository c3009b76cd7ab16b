"""What is to be said about visits that are not valid: what happened, why, and the way out; first of all of a page when
much of its run is not.

The detectors are those of perfcompare.runner.validity and perfcompare.runner.crosscheck (docs/methodology.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from perfcompare.report import words
from perfcompare.report.causes import CAUSES, OTHER, Cause
from perfcompare.report.data import Excluded, Report

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
    causes = Counter(name for visit in report.excluded for name in _names(visit))
    return tuple(
        Remedy(name=words.printable(name), visits=count, known=CAUSES.get(name, OTHER))
        for name, count in causes.most_common()
    )


def sentences(report: Report) -> tuple[str, ...]:
    """What happened, then what to do, most frequent first and each once; empty while little is excluded."""
    visits = sum(cell.visited for cell in (*report.cells, *report.paced_cells, *report.equal_cells))
    if not visits or len(report.excluded) < MUCH * visits:
        return ()
    found = remedies(report)
    return (
        f"{len(report.excluded)} of {visits} visits are not valid and take part in no comparison: "
        f"{', '.join(f'{one.name} ({one.visits})' for one in found)}.",
        *dict.fromkeys(way for one in found for way in one.known.ways_out),
    )


def _names(visit: Excluded) -> Sequence[str]:
    """The detectors that object, each once."""
    return ["failed"] if visit.failed else list(dict.fromkeys(one.code for one in visit.objections))
