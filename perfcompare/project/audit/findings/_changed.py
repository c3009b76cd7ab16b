"""Findings that a change settles, where the part that it makes cheaper is large enough."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from perfcompare.project.audit.facts import RequestFacts
from perfcompare.project.audit.findings._finding import Finding
from perfcompare.project.changes import of_names

SHARE: Final = 0.05
"""Of the request's CPU: less cannot be told from noise."""


def settled(facts: RequestFacts, category: str, *changes: str, label: str = "") -> Iterator[Finding]:
    """A finding for each change, if the category, or the part with this label, has its share."""
    parts = [part for part in facts.parts if part.category == category and part.label == (label or part.label)]
    cpu_us, wall_us = sum(part.cpu_us for part in parts), sum(part.wall_us for part in parts)
    if cpu_us < SHARE * facts.cpu_us:
        return
    for name, change in of_names(changes).items():
        yield Finding(
            what=f"{label or category}: {cpu_us / facts.cpu_us:.0%} of the CPU time",
            cpu_us=cpu_us,
            wall_us=wall_us,
            write=change.lines,
            source=change.source,
            change=name,
            subject=name,
        )
