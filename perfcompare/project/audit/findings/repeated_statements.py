"""The same statement with the same values, several times in a request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from perfcompare.project.audit.facts import RequestFacts
from perfcompare.project.audit.findings._finding import Finder, Finding

_SOURCE: Final = "https://docs.djangoproject.com/en/5.2/topics/db/optimization/#understand-cached-attributes"


def _find(facts: RequestFacts) -> Iterator[Finding]:
    for one in facts.statements:
        more = one.count - one.different
        if more > 0 and not one.one_for_each:
            values = "the same values" if one.different == 1 else f"{one.different} different values"
            yield Finding(
                what=f"a statement is sent {one.count} times with {values}: {one.sql[:100]}",
                cpu_us=one.cpu_us * more / one.count,
                wall_us=one.wall_us * more / one.count,
                where=(one.where,) if one.where else (),
                write=("Keep the result: in a variable, on the request, or with cached_property.",),
                source=_SOURCE,
                subject=one.where or one.sql,
            )


FINDER: Final = Finder(label="statements that are sent again with the same values", find=_find)
