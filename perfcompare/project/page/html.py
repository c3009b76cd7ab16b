"""The page as one self-contained HTML file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.template import Context, Engine

from perfcompare.core import env
from perfcompare.core.characters import without_controls
from perfcompare.project.page import charts
from perfcompare.project.page.findings import Findings


@cache
def _engine() -> Engine:
    """One of its own: the project may have other template engines, or none."""
    return Engine(dirs=[str(env.ROOT / "perfcompare" / "templates")])


def page(found: Findings) -> str:
    """The whole document."""
    template = _engine().get_template("perfcompare/trying.html")
    return without_controls(template.render(Context(context(found))))


def context(found: Findings) -> dict[str, Any]:
    """Everything that the template shows."""
    results = found.results
    return {
        "results": results,
        "answer": found.answer,
        "sentences": list(found.sentences),
        "hero": charts.hero(found),
        "waterfalls": list(charts.waterfalls(found)),
        "alone": charts.alone(found),
        "changes": list(found.changes()),
        "accepted": found.accepted,
        "part_of": found.part_of,
        "wrong": found.wrong,
        "on_purpose": found.on_purpose,
        "inapplicable": found.inapplicable,
        "holes": found.holes,
        "sums": list(found.sums()),
        "heads": [found.said(one) for one in found.ladder],
        "table": list(found.table()),
        "latencies": list(found.latencies()),
        "statements": list(found.more_statements()),
        "price": found.price,
        "bounds": found.bounds,
        "gunicorn": any(one.server.startswith("gunicorn") for one in results.tried),
        "facts": [(name.replace("_", " "), _fact(value)) for name, value in results.facts.items() if value],
        "unstable": [one for one in results.requests if one.unstable],
    }


def _fact(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_fact(one)}" for name, one in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(_fact, value))
    return f"{value:.2f}" if isinstance(value, float) else str(value)
