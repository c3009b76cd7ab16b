"""The comparison of two runs, as its page shows it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from perfcompare.core.statistics import Verdict
from perfcompare.models import Run
from perfcompare.report.charts import plots
from perfcompare.report.charts.shapes import Bar
from perfcompare.report.data import formatting
from perfcompare.report.findings.comparison import Change, compare
from perfcompare.report.sections.cells import profile_link

MOST_DRAWN = 40
"""More bars than this are a table."""


def context(before: Run, after: Run) -> dict[str, Any]:
    """What the template needs: the runs, `found`, `rows` and a `drawing`, which is None without a common cell."""
    found = compare(before, after)
    drawn = [_bar(change) for change in found.changes[:MOST_DRAWN]]
    return {
        "before": before,
        "after": after,
        "found": found,
        "floor": f"{found.floor:.1%}",
        "rows": list(_rows(found.changes)),
        "drawing": plots.bars("CPU per request after, divided by before", drawn) if drawn else None,
    }


def _rows(changes: tuple[Change, ...]) -> Iterator[dict[str, str]]:
    for change in changes:
        yield {
            "cell": str(change.cell),
            "link": profile_link(change.cell),
            "before": f"{formatting.number(change.before)} {change.unit}",
            "after": f"{formatting.number(change.after)} {change.unit}",
            "ratio": f"{formatting.number(change.ratio)}x",
            "interval": formatting.interval(change.interval),
            "verdict": change.verdict or "not judged: fewer than three valid rounds",
        }


def _bar(change: Change) -> Bar:
    kinds = {Verdict.FASTER: "gain", Verdict.SLOWER: "loss"}
    return Bar(
        name=formatting.printable(str(change.cell)),
        figure=f"{formatting.number(change.ratio)}x",
        value=change.ratio,
        interval=change.interval,
        link=profile_link(change.cell),
        kind=kinds.get(change.verdict, "plain") if change.verdict else "plain",
    )
