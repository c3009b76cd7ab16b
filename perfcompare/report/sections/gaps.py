"""The gap of each scenario as one bar, of what settings and levers take away, and the table behind it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.utils.safestring import SafeString

from perfcompare.report.charts import plots
from perfcompare.report.charts.shapes import Bar
from perfcompare.report.data import formatting
from perfcompare.report.data.ratios import Ratio
from perfcompare.report.data.report import CellSummary, Report
from perfcompare.report.data.rungs import Rung
from perfcompare.report.findings.headline import UNKNOWN, Gap, gaps, names
from perfcompare.report.sections.cells import Link, no_link

PARTS: Final = (
    "up to FastAPI's cost",
    "left above it",
    "taken away by levers",
    "taken away by settings",
    "removed by both together",
)
"""What a bar is made of, from the left."""


def drawing(report: Report, link: Link = no_link) -> SafeString | None:
    """Each scenario as one bar: the reference's cost, what is left, and what levers and settings take away.

    Its name leads to what `link` says of the lowest rung.
    """
    found, known = gaps(report), tuple(names(report))
    rows = [_bar(gap, known, link) for gap in found]
    return plots.bars("CPU per request as a multiple of FastAPI's, by scenario", rows) if rows else None


def keys(report: Report) -> list[tuple[int, str]]:
    """Number and meaning of each piece that the bars of the drawing have."""
    drawn = [_parts(gap) for gap in gaps(report)]
    return [(number, name) for number, name in enumerate(PARTS) if any(parts[number] for parts in drawn)]


def rows(report: Report, link: Link = no_link) -> list[Mapping[str, Any]]:
    """The table behind the drawing: for each scenario and rung the ratio, the way to the profile, the valid rounds."""
    rungs = tuple(names(report))
    return [
        {"scenario": gap.block.scenario, "fields": [_field(gap.cells.get(rung), link) for rung in rungs]}
        for gap in gaps(report)
    ]


def _field(cell: CellSummary | None, link: Link) -> tuple[str, str, str]:
    if cell is None:
        return UNKNOWN, "", formatting.NOTHING
    ratio = formatting.ratio(cell.cpu_ratio) if cell.cpu_ratio else UNKNOWN
    return ratio, link(cell.cell), formatting.validity(cell)


def _parts(gap: Gap) -> tuple[float, ...]:
    """The pieces of a bar; what is taken away is only told of rungs that are known."""
    plain, settings, levers = (ratio.value if (ratio := gap.ratio(rung)) else None for rung in Rung)
    start = next((value for value in (plain, settings, levers) if value is not None), 0.0)
    middle = start if settings is None else min(settings, start)
    after = middle if levers is None else min(levers, middle)
    own = min(1.0, after)
    by_levers, together = (0.0, middle - after) if settings is None else (middle - after, 0.0)
    return own, after - own, by_levers, start - middle, together


def _bar(gap: Gap, known: Iterable[Rung], link: Link) -> Bar:
    parts = _parts(gap)
    plain = gap.ratio(Rung.PLAIN)
    scenario = formatting.printable(gap.block.scenario)
    return Bar(
        name=scenario,
        figure=" → ".join(_short(gap.ratio(rung)) for rung in known),
        value=sum(parts),
        parts=parts,
        names=PARTS,
        interval=plain.interval if plain else None,
        link=link(next(iter(gap.cells.values())).cell),
        data={"scenario": scenario},
    )


def _short(ratio: Ratio | None) -> str:
    return UNKNOWN if ratio is None else f"{formatting.number(ratio.value)}x"
