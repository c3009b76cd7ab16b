"""Filters that cost also where a request filters nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from perfcompare.project.audit.facts import RequestFacts
from perfcompare.project.audit.findings._changed import settled
from perfcompare.project.audit.findings._finding import Finder, Finding
from perfcompare.project.audit.findings._parts import dear

SHARE: Final = 0.1
_SOURCE: Final = "https://django-filter.readthedocs.io/en/stable/guide/rest_framework.html"


def _find(facts: RequestFacts) -> Iterator[Finding]:
    yield from settled(facts, "filters", "lean_filters", label="DjangoFilterBackend")
    yield from dear(
        facts,
        "filters",
        share=SHARE,
        write="filter_backends of this view, with those alone that its clients use.",
        source=_SOURCE,
        remark="" if "?" in facts.path else ", though the request filters nothing",
    )


FINDER: Final = Finder(label="filter backends that take at least 10 % of the request", find=_find)
