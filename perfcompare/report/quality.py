"""What is to be said, first of all, about a run much of which is not valid: what happened, and what to do about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from perfcompare.report.data import Excluded, Report

MUCH: Final = 0.25
"""The share of the visits from which on the page begins with it."""
QUIET: Final = "End or wait for other work on this machine and repeat the command."
LONGER: Final = "Give it a longer window and warm-up: --seconds 5 --warmup 10."
WEAKER: Final = "The load generator is the limit, not the servers: install wrk, or use a machine with more processors."
REMEDIES: Final[Mapping[str, str]] = {
    "other load": QUIET,
    "steal": "Other guests share this machine's processors: use a machine of your own, or repeat when it is quieter.",
    "drift": QUIET,
    "unsteady": LONGER,
    "few answers": LONGER,
    "short window": LONGER,
    "little's law": LONGER,
    "generator": WEAKER,
    "ceiling": WEAKER,
}
"""What helps, by the name of the detector (docs/methodology.md); other reasons are no matter of the machine."""
OTHERWISE: Final = "Read the reasons below, and mend what they name."


def sentences(report: Report) -> tuple[str, ...]:
    """What happened, then what to do, most frequent first; empty while little is excluded."""
    visits = sum(cell.visited for cell in report.cells)
    if not visits or len(report.excluded) < MUCH * visits:
        return ()
    causes = Counter(name for visit in report.excluded for name in dict.fromkeys(_names(visit)))
    return (
        f"{len(report.excluded)} of {visits} visits are not valid and take part in no comparison: "
        f"{', '.join(f'{name} ({count})' for name, count in causes.most_common())}.",
        *dict.fromkeys(REMEDIES.get(name, OTHERWISE) for name, _count in causes.most_common()),
    )


def _names(visit: Excluded) -> Iterator[str]:
    """The detectors that object."""
    for reason in ("failed",) if visit.failed else visit.reasons:
        name, colon, _rest = reason.partition(":")
        yield name if colon or visit.failed else "other"
