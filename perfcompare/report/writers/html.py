"""A report as one self-contained HTML file, and as a page of the project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from perfcompare.core.characters import without_controls
from perfcompare.report.data import ladders, traffic
from perfcompare.report.data.kinds import STUDIED
from perfcompare.report.data.report import Report
from perfcompare.report.findings import exclusions, headline, verdict
from perfcompare.report.findings.costs import Requirements
from perfcompare.report.sections import (
    advice,
    anatomies,
    claims,
    equal_load,
    figures,
    fixed_rates,
    gaps,
    many_clients,
    sweeps,
    tables,
    timelines,
    waterfall,
)
from perfcompare.report.sections.cells import Link, no_link

RATE = 1000.0
"""Requests per second that the recommendation is made for until the reader gives another number."""


def page(report: Report, *, link: Link = no_link, request: HttpRequest | None = None, **live: Any) -> str:
    """The whole document.

    `link` leads to the profile of a cell. Only a page of the project has the `request` and what is `live`: `run`,
    `links`, `back` and `recommend_url`.
    """
    written = render_to_string("perfcompare/report.html", {**context(report, link), **live}, request=request)
    return without_controls(written)


def excerpt(report: Report, link: Link = no_link) -> SafeString:
    """The answer, what to do about trials that are not valid, and the charts of the gap, to stand in another page."""
    found = {
        "answer": headline.sentences(report) or verdict.sentences(report),
        "trouble": exclusions.sentences(report),
        "remedies": exclusions.remedies(report),
        "hero": gaps.drawing(report, link),
        "gap": list(figures.sections(report, (figures.CPU,), link)),
    }
    return render_to_string("perfcompare/admin/excerpt.html", found)


def context(report: Report, link: Link = no_link) -> dict[str, Any]:
    """Everything that the template shows."""
    contenders, glance = tables.glance(report, link)
    claimed = claims.rows(report, link)
    return {
        "report": report,
        "answer": headline.sentences(report),
        "hero": gaps.drawing(report, link),
        "hero_keys": gaps.keys(report),
        "hero_heads": list(headline.names(report).values()),
        "hero_rows": gaps.rows(report, link),
        "verdict": verdict.sentences(report),
        "trouble": exclusions.sentences(report),
        "remedies": exclusions.remedies(report),
        "excluded": [(trial, link(trial.cell)) for trial in report.excluded],
        "agreements": [(agreement, link(agreement.cell)) for agreement in report.agreements],
        "claims": claimed,
        "claims_measured": any(row.ratio for row, *_links in claimed),
        "claims_missing": not all(row.ratio for row, *_links in claimed),
        "contenders": contenders,
        "glance": glance,
        "gap": list(figures.sections(report, (figures.CPU,), link)),
        "unknown_ladders": ladders.unknown(report.catalog, report.blocks),
        "waterfalls": waterfall.build(report, link),
        "anatomies": anatomies.build(report, link),
        "sweeps": sweeps.build(report, link),
        "timelines": timelines.build(report),
        **_paced(report, link),
        "equal": equal_load.build(report, link),
        "equal_title": equal_load.TITLE,
        "equal_note": equal_load.NOTE,
        "equal_columns": equal_load.COLUMNS,
        "own": many_clients.own(report),
        "by_level": many_clients.others(report),
        "load": list(figures.sections(report, figures.LOAD, link)),
        "space": list(figures.sections(report, figures.SPACE, link)),
        "changes": tables.changes(report),
        **advice.context(report, default_requirements(report)),
        "columns": tables.COLUMNS,
        "table": tables.figures(report, link),
        "facts": list(tables.facts(report.facts)),
        "filters": filters(report),
        "linked": link is not no_link,
    }


def _paced(report: Report, link: Link) -> Mapping[str, Any]:
    return {
        "paced": [
            (link(cell.cell), *row) for cell, row in zip(report.fixed_rate_cells, fixed_rates.rows(report), strict=True)
        ],
        "paced_title": fixed_rates.TITLE,
        "paced_note": fixed_rates.NOTE,
        "paced_columns": fixed_rates.COLUMNS,
    }


def default_requirements(report: Report) -> Requirements:
    """The mix of the scenarios' own weights over those of the run, at RATE."""
    return Requirements(mix=traffic.weighted_mix(report), rate=RATE)


def filters(report: Report) -> Mapping[str, Sequence[tuple[str, str]]]:
    """What the page can be narrowed to: for each dimension its values, as they stand in the address, and in words."""
    cells = [cell for cell in report.cells if cell.kind not in STUDIED]
    values: Mapping[str, Mapping[str, str]] = {
        "stack": {cell.cell.stack: cell.stack for cell in cells},
        "server": {cell.cell.server: cell.server for cell in cells},
        "scenario": {cell.cell.scenario: cell.cell.scenario for cell in cells},
    }
    return {name: list(found.items()) for name, found in values.items() if len(found) > 1}
