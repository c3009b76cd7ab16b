"""Columns that are loaded for every object and that nobody reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from perfcompare.core.http import NOTHING
from perfcompare.project.audit.facts import Column, RequestFacts
from perfcompare.project.audit.findings._finding import Finder, Finding
from perfcompare.project.audit.instruments.database import FETCHING
from perfcompare.project.audit.spans import SQL

LEAST: Final = 2048
"""Bytes of one request: less cannot be felt."""
_SOURCE: Final = "https://docs.djangoproject.com/en/5.2/ref/models/querysets/#defer"


def _find(facts: RequestFacts) -> Iterator[Finding]:
    models: dict[str, list[Column]] = defaultdict(list)
    for column in facts.columns:
        models[column.model].append(column)
    for model, columns in models.items():
        unused = [one for one in columns if not one.read]
        size = sum(one.bytes for one in unused)
        if size < LEAST:
            continue
        large = sorted(unused, key=lambda one: -one.bytes)[:4]
        share = size / sum(one.bytes for one in facts.columns)
        reading = [part for part in facts.parts if part.category == SQL or part.label == FETCHING]
        words = ", ".join(f'"{one.name}"' for one in large)
        yield Finding(
            what=f"{size:,} bytes of {facts.instances[model]} objects of {model} are read from the database and "
            f"never used: {', '.join(f'{one.name} ({one.bytes:,})' for one in large)}",
            cpu_us=share * sum(part.cpu_us for part in reading),
            wall_us=share * sum(part.wall_us for part in reading),
            write=(f".defer({words})",),
            source=_SOURCE,
            rewrite=_rewrite(facts, model, [one.name for one in large]),
            subject=f"{model}: {words}",
        )


def _rewrite(facts: RequestFacts, model: str, names: Sequence[str]) -> Mapping[str, Mapping[str, Sequence[str]]]:
    """Where one view's queryset is of this model."""
    views = {one.origin["view"] for one in facts.statements if one.origin["view_model"] == model}
    return {view: {"defer": names} for view in views} or NOTHING


FINDER: Final = Finder(label="columns that are read from the database and never used", find=_find)
