"""COUNT(*) for every page of a list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from perfcompare.project.audit.facts import RequestFacts
from perfcompare.project.audit.findings._finding import Finder, Finding

SHARE: Final = 0.05
_SOURCE: Final = "https://www.django-rest-framework.org/api-guide/pagination/#cursorpagination"


def _find(facts: RequestFacts) -> Iterator[Finding]:
    for one in facts.statements:
        if one.sql.upper().startswith("SELECT COUNT(") and one.wall_us >= SHARE * facts.wall_us:
            yield Finding(
                what=f"counts all objects: {one.sql[:100]}",
                cpu_us=one.cpu_us,
                wall_us=one.wall_us,
                where=(one.where,) if one.where else (),
                write=("CursorPagination, which counts nothing, or a paginator whose count is cached or estimated.",),
                source=_SOURCE,
                subject=one.where or one.sql,
            )


FINDER: Final = Finder(label="COUNT(*) of a list that costs at least 5 % of the request", find=_find)
