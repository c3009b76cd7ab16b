"""A report as one HTML file that asks for nothing else, and the same as a page of the project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from perfcompare.report import (
    advising,
    anatomies,
    claims,
    cover,
    equal,
    headline,
    ladders,
    paced,
    quality,
    sections,
    sweeps,
    tables,
    verdict,
    waterfall,
    words,
)
from perfcompare.report.costs import Wishes
from perfcompare.report.data import Report
from perfcompare.report.kinds import STUDIED
from perfcompare.report.rungs import Rung

RATE = 1000.0
"""Requests per second that the recommendation is made for until the reader gives another number."""


def page(
    report: Report, *, link: sections.Link = sections.nowhere, request: HttpRequest | None = None, **live: Any
) -> str:
    """The whole document.

    `link` leads to the profile of a cell. Only a page of the project has the `request` and what is `live`: `run`,
    `links`, `back` and `recommend_url`.
    """
    return render_to_string("perfcompare/report.html", {**context(report, link), **live}, request=request)


def excerpt(report: Report, link: sections.Link = sections.nowhere) -> SafeString:
    """The answer, what to do about visits that are not valid, and the charts of the gap, to stand in another page."""
    found = {
        "answer": headline.sentences(report) or verdict.sentences(report),
        "trouble": quality.sentences(report),
        "remedies": quality.remedies(report),
        "hero": headline.drawing(report, link),
        "gap": list(sections.sections(report, (sections.CPU,), link)),
    }
    return render_to_string("perfcompare/admin/excerpt.html", found)


def context(report: Report, link: sections.Link = sections.nowhere) -> dict[str, Any]:
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
        "trouble": quality.sentences(report),
        "remedies": quality.remedies(report),
        "excluded": [(visit, link(visit.cell)) for visit in report.excluded],
        "agreements": [(agreement, link(agreement.cell)) for agreement in report.agreements],
        "claims": claims.rows(report, link),
        "contenders": contenders,
        "glance": glance,
        "gap": list(sections.sections(report, (sections.CPU,), link)),
        "unknown_ladders": ladders.unknown(report.blocks),
        "waterfalls": waterfall.of(report, link),
        "anatomies": anatomies.of(report, link),
        "sweeps": sweeps.of(report, link),
        **_paced(report, link),
        "equal": equal.of(report, link),
        "equal_title": equal.TITLE,
        "equal_note": equal.NOTE,
        "equal_columns": equal.COLUMNS,
        "load": list(sections.sections(report, sections.LOAD, link)),
        "space": list(sections.sections(report, sections.SPACE, link)),
        "changes": tables.changes(report),
        **advising.shown(report, default_wishes(report)),
        "columns": tables.COLUMNS,
        "table": tables.figures(report, link),
        "facts": list(tables.facts(report.facts)),
        "filters": filters(report),
        "linked": link is not sections.nowhere,
    }


def _paced(report: Report, link: sections.Link) -> Mapping[str, Any]:
    return {
        "paced": [(link(cell.cell), *row) for cell, row in zip(report.paced_cells, paced.rows(report), strict=True)],
        "paced_title": paced.TITLE,
        "paced_note": paced.NOTE,
        "paced_columns": paced.COLUMNS,
    }


def default_wishes(report: Report) -> Wishes:
    """The mix of the scenarios' own weights over those of the run, at RATE."""
    return Wishes(mix=cover.weights(report), rate=RATE)


def _gap(gap: headline.Gap, rungs: Sequence[Rung], link: sections.Link) -> Mapping[str, Any]:
    """A scenario on each of the rungs that the run has: the words, the way to the profile, the valid rounds."""
    cells = [gap.cells.get(rung) for rung in rungs]
    return {
        "scenario": gap.block.scenario,
        "fields": [
            (words.ratio(cell.cpu_ratio) if cell.cpu_ratio else headline.UNKNOWN, link(cell.cell), words.validity(cell))
            if cell
            else (headline.UNKNOWN, "", words.NOTHING)
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
