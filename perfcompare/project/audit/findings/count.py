"""COUNT(*) for every page of a list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from perfcompare.project.audit.facts import RequestFacts
from perfcompare.project.audit.findings._finding import Finder, Finding

SHARE: Final = 0.05
_PAGES: Final = "A paginator whose count is cached or estimated, or one that counts nothing, as DRF's CursorPagination."
_PAGES_SOURCE: Final = "https://www.django-rest-framework.org/api-guide/pagination/#cursorpagination"
_WRITE: Final = "Keep the number, annotate it, take len() of objects that are loaded anyway, or ask exists()."
_SOURCE: Final = "https://docs.djangoproject.com/en/5.2/topics/db/optimization/#don-t-overuse-contains-count-and-exists"


def _find(facts: RequestFacts) -> Iterator[Finding]:
    for one in facts.statements:
        if one.sql.upper().startswith("SELECT COUNT(") and one.wall_us >= SHARE * facts.wall_us:
            paged = one.origin["paged"]
            yield Finding(
                what=f"counts {'all objects of a list that has pages' if paged else 'objects'}: {one.sql[:100]}",
                cpu_us=one.cpu_us,
                wall_us=one.wall_us,
                where=(one.where,) if one.where else (),
                write=(_PAGES if paged else _WRITE,),
                source=_PAGES_SOURCE if paged else _SOURCE,
                subject=one.where or one.sql,
            )


FINDER: Final = Finder(label="COUNT(*) of a list that costs at least 5 % of the request", find=_find)
