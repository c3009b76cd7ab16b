"""A report as one HTML file that asks for nothing else, and the same as a page of the project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from perfcompare.report.data import cover, formatting, ladders
from perfcompare.report.data.kinds import STUDIED
from perfcompare.report.data.report import Report
from perfcompare.report.data.rungs import Rung
from perfcompare.report.findings import claims, exclusions, headline, verdict
from perfcompare.report.findings.costs import Wishes
from perfcompare.report.sections import (
    advice,
    anatomies,
    equal_load,
    figures,
    fixed_rates,
    sweeps,
    tables,
    waterfall,
)

RATE = 1000.0
"""Requests per second that the recommendation is made for until the reader gives another number."""


def page(
    report: Report, *, link: figures.Link = figures.nowhere, request: HttpRequest | None = None, **live: Any
) -> str:
    """The whole document.

    `link` leads to the profile of a cell. Only a page of the project has the `request` and what is `live`: `run`,
    `links`, `back` and `recommend_url`.
    """
    return render_to_string("perfcompare/report.html", {**context(report, link), **live}, request=request)


def excerpt(report: Report, link: figures.Link = figures.nowhere) -> SafeString:
    """The answer, what to do about visits that are not valid, and the charts of the gap, to stand in another page."""
    found = {
        "answer": headline.sentences(report) or verdict.sentences(report),
        "trouble": exclusions.sentences(report),
        "remedies": exclusions.remedies(report),
        "hero": headline.drawing(report, link),
        "gap": list(figures.sections(report, (figures.CPU,), link)),
    }
    return render_to_string("perfcompare/admin/excerpt.html", found)


def context(report: Report, link: figures.Link = figures.nowhere) -> dict[str, Any]:
    """Everything that the template shows."""
    contenders, glance = tables.glance(report, link)
    return {
        "report": report,
        "answer": headline.sentences(report),
        "hero": headline.drawing(report, link),
        "hero_keys": headline.keys(report),
        "hero_heads": list(headline.names(report).values()),
        "hero_rows": [_gap(gap, tuple(headline.names(report)), link) for gap in headline.gaps(report)],
        "verdict": verdict.sentences(report),
        "trouble": exclusions.sentences(report),
        "remedies": exclusions.remedies(report),
        "excluded": [(visit, link(visit.cell)) for visit in report.excluded],
        "agreements": [(agreement, link(agreement.cell)) for agreement in report.agreements],
        "claims": claims.rows(report, link),
        "contenders": contenders,
        "glance": glance,
        "gap": list(figures.sections(report, (figures.CPU,), link)),
        "unknown_ladders": ladders.unknown(report.blocks),
        "waterfalls": waterfall.of(report, link),
        "anatomies": anatomies.of(report, link),
        "sweeps": sweeps.of(report, link),
        **_paced(report, link),
        "equal": equal_load.of(report, link),
        "equal_title": equal_load.TITLE,
        "equal_note": equal_load.NOTE,
        "equal_columns": equal_load.COLUMNS,
        "load": list(figures.sections(report, figures.LOAD, link)),
        "space": list(figures.sections(report, figures.SPACE, link)),
        "changes": tables.changes(report),
        **advice.shown(report, default_wishes(report)),
        "columns": tables.COLUMNS,
        "table": tables.figures(report, link),
        "facts": list(tables.facts(report.facts)),
        "filters": filters(report),
        "linked": link is not figures.nowhere,
    }


def _paced(report: Report, link: figures.Link) -> Mapping[str, Any]:
    return {
        "paced": [
            (link(cell.cell), *row) for cell, row in zip(report.paced_cells, fixed_rates.rows(report), strict=True)
        ],
        "paced_title": fixed_rates.TITLE,
        "paced_note": fixed_rates.NOTE,
        "paced_columns": fixed_rates.COLUMNS,
    }


def default_wishes(report: Report) -> Wishes:
    """The mix of the scenarios' own weights over those of the run, at RATE."""
    return Wishes(mix=cover.weights(report), rate=RATE)


def _gap(gap: headline.Gap, rungs: Sequence[Rung], link: figures.Link) -> Mapping[str, Any]:
    """A scenario on each of the rungs that the run has: the words, the way to the profile, the valid rounds."""
    cells = [gap.cells.get(rung) for rung in rungs]
    return {
        "scenario": gap.block.scenario,
        "fields": [
            (
                formatting.ratio(cell.cpu_ratio) if cell.cpu_ratio else headline.UNKNOWN,
                link(cell.cell),
                formatting.validity(cell),
            )
            if cell
            else (headline.UNKNOWN, "", formatting.NOTHING)
            for cell in cells
        ],
    }


def filters(report: Report) -> Mapping[str, Sequence[tuple[str, str]]]:
    """What the page can be narrowed to: for each dimension its values, as they stand in the address, and in words."""
    cells = [cell for cell in report.cells if cell.kind not in STUDIED]
    values: Mapping[str, Mapping[str, str]] = {
        "stack": {cell.cell.stack: cell.stack for cell in cells},
        "server": {cell.cell.server: cell.server for cell in cells},
        "scenario": {cell.cell.scenario: cell.cell.scenario for cell in cells},
    }
    return {name: list(found.items()) for name, found in values.items() if len(found) > 1}
