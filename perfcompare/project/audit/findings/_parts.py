"""Findings about single parts of a request that cost much of it."""

from __future__ import annotations

from collections.abc import Iterator

from perfcompare.project.audit.facts import RequestFacts
from perfcompare.project.audit.findings._finding import Finding


def dear(
    facts: RequestFacts, category: str, *, share: float, write: str, source: str, but: str = "", remark: str = ""
) -> Iterator[Finding]:
    """A finding for each part of the category, `but` the one of that label, that takes at least `share` of the CPU."""
    for part in facts.parts:
        if part.category == category and part.label != but and part.cpu_us >= share * facts.cpu_us:
            yield Finding(
                what=f"{part.label} takes {part.cpu_us / facts.cpu_us:.0%} of the CPU time{remark}",
                cpu_us=part.cpu_us,
                wall_us=part.wall_us,
                write=(write,),
                source=source,
                subject=part.label,
            )
