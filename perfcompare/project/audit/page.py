"""The audit as one self-contained page, with a bar for each request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from django.template import Context, Engine

from perfcompare.core import files
from perfcompare.core.characters import without_controls
from perfcompare.project.audit.categories import CATEGORIES
from perfcompare.project.audit.facts import RequestFacts
from perfcompare.project.audit.report import Advice, Audit
from perfcompare.project.audit.text import holes, microseconds, short, summary, tried, worth
from perfcompare.project.audit.verifying import named
from perfcompare.report.charts import plots
from perfcompare.report.charts.shapes import Bar

_TEMPLATES: Final = Path(__file__).resolve().parents[2] / "templates"
_MOST: Final = 10
"""Rows of statements for each request."""


def write(path: Path, audit: Audit) -> None:
    """Write the page. The project's own templates and settings have no part in it."""
    engine = Engine(dirs=[str(_TEMPLATES)])
    page = engine.get_template("perfcompare/project/audit.html").render(Context(_context(audit)))
    files.write(path, without_controls(page))


def _context(audit: Audit) -> Mapping[str, Any]:
    return {
        "categories": CATEGORIES.items(),
        "drawing": plots.bars("CPU per request in ms, by parts", list(_bars(audit.facts))) if audit.facts else "",
        "requests": [_request(one) for one in audit.facts],
        "failures": audit.failures,
        "skipped": audit.skipped,
        "advice": [_advice(one) for one in audit.advice if one.useful],
        "tried": list(tried(audit.advice)),
        "holes": list(holes(audit.advice)),
    }


def _bars(found: Sequence[RequestFacts]) -> Iterator[Bar]:
    several = len({one.interface for one in found}) > 1
    for facts in found:
        yield _bar(facts, f"{facts.name} ({facts.interface.upper()})" if several else facts.name)


def _bar(facts: RequestFacts, name: str) -> Bar:
    parts = [facts.of(name) for name in CATEGORIES]
    return Bar(
        name=name,
        figure=microseconds(facts.cpu_us),
        value=facts.cpu_us / 1000,
        parts=tuple(part.cpu_us / 1000 for part in parts),
        names=tuple(f"{part.category}: {microseconds(part.cpu_us)}" for part in parts),
    )


def _request(facts: RequestFacts) -> Mapping[str, Any]:
    order = list(CATEGORIES)
    parts = sorted(facts.parts, key=lambda part: (order.index(part.category), -part.cpu_us))
    return {
        "facts": facts,
        "summary": summary(facts),
        "drawing": plots.bars(f"CPU of {facts.name} in ms, by parts", [_bar(facts, "")]),
        "parts": [
            (part.category, part.label, f"{part.count:.3g}", f"{part.cpu_us:,.1f}", f"{part.wall_us:,.1f}")
            for part in parts
        ],
        "statements": [
            (one.sql, one.count, one.different, f"{one.cpu_us:,.1f}", f"{one.wall_us:,.1f}", short(one.where))
            for one in facts.statements[:_MOST]
        ],
        "timing": f"{facts.timing:+.0%}",
    }


def _advice(advice: Advice) -> Mapping[str, Any]:
    finding = advice.requests[0].finding
    return {
        "name": named(advice.requests[0]),
        "interface": advice.interface.upper(),
        "said": [(what, [(one.facts.name, worth(one)) for one in several]) for what, several in advice.said.items()],
        "where": [short(one) for one in advice.where],
        "write": [short(line) for line in advice.write],
        "source": finding.source,
    }
