"""Long lists without pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from perfcompare.project.audit.facts import RequestFacts
from perfcompare.project.audit.findings._finding import Finder, Finding

LEAST: Final = 200
_PAGE: Final = 100
_SOURCE: Final = "https://www.django-rest-framework.org/api-guide/pagination/"


def _find(facts: RequestFacts) -> Iterator[Finding]:
    number, place, paged = facts.response["longest"]
    if number >= LEAST:
        parts = [facts.of(category) for category in ("ORM", "SQL", "serializers", "rendering")]
        share = 1 - _PAGE / number
        yield Finding(
            what=f"answers with {number} elements ({place}, {facts.response['bytes']:,} bytes)"
            + (" on one page" if paged else " without pages"),
            cpu_us=share * sum(part.cpu_us for part in parts),
            wall_us=share * sum(part.wall_us for part in parts),
            write=(f"Pages of at most {_PAGE} elements: pagination_class, PAGE_SIZE and max_page_size.",),
            source=_SOURCE,
            subject=facts.name,
        )


FINDER: Final = Finder(label="long lists without pages", find=_find)
