"""Filters that cost also where a request filters nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from perfcompare.project.audit.facts import RequestFacts
from perfcompare.project.audit.findings._changed import settled
from perfcompare.project.audit.findings._finding import Finder, Finding

SHARE: Final = 0.1
_SOURCE: Final = "https://django-filter.readthedocs.io/en/stable/guide/rest_framework.html"


def _find(facts: RequestFacts) -> Iterator[Finding]:
    yield from settled(facts, "filters", "lean_filters", label="DjangoFilterBackend")
    for part in facts.parts:
        if part.category == "filters" and part.cpu_us >= SHARE * facts.cpu_us:
            nothing = "" if "?" in facts.path else ", though the request filters nothing"
            yield Finding(
                what=f"{part.label} takes {part.cpu_us / facts.cpu_us:.0%} of the CPU time{nothing}",
                cpu_us=part.cpu_us,
                wall_us=part.wall_us,
                write=("filter_backends of this view, with those alone that its clients use.",),
                source=_SOURCE,
                subject=part.label,
            )


FINDER: Final = Finder(label="filter backends that take at least 10 % of the request", find=_find)
