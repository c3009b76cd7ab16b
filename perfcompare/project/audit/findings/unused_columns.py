"""Columns that are loaded for every object and that nobody reads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from perfcompare.project.audit.facts import Column, RequestFacts
from perfcompare.project.audit.findings._finding import Finder, Finding

LEAST: Final = 2048
"""Bytes of one request: less cannot be felt."""
_SOURCE: Final = "https://docs.djangoproject.com/en/5.2/ref/models/querysets/#defer"


def _find(facts: RequestFacts) -> Iterator[Finding]:
    models: dict[str, list[Column]] = defaultdict(list)
    for column in facts.columns:
        models[column.model].append(column)
    for model, columns in models.items():
        unused = [one for one in columns if not one.read]
        size, whole = sum(one.bytes for one in unused), sum(one.bytes for one in columns)
        if size < LEAST:
            continue
        large = sorted(unused, key=lambda one: -one.bytes)[:4]
        share = size / whole * facts.instances[model] / sum(facts.instances.values())
        reading = [facts.of(category) for category in ("SQL", "ORM")]
        words = ", ".join(f'"{one.name}"' for one in large)
        yield Finding(
            what=f"{size:,} bytes of {facts.instances[model]} objects of {model} are read from the database and "
            f"never used: {', '.join(f'{one.name} ({one.bytes:,})' for one in large)}",
            cpu_us=share * sum(part.cpu_us for part in reading),
            wall_us=share * sum(part.wall_us for part in reading),
            write=(f".defer({words})",),
            source=_SOURCE,
            subject=model,
        )


FINDER: Final = Finder(label="columns that are read from the database and never used", find=_find)
