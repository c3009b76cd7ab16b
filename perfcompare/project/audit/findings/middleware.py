"""Middleware that costs, and what takes its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from perfcompare.levers.inline_middleware import REPLACED
from perfcompare.project.audit.facts import RequestFacts
from perfcompare.project.audit.findings._changed import SHARE, settled
from perfcompare.project.audit.findings._finding import Finder, Finding
from perfcompare.project.audit.findings._parts import dear
from perfcompare.project.audit.instruments import thread_hops
from perfcompare.project.audit.instruments.middleware import CATEGORY
from perfcompare.project.changes import of_names
from perfcompare.report.data.words import many

_MESSAGES: Final = "MessageMiddleware"
_INLINE: Final = "inline_middleware"
_SOURCE: Final = "https://docs.djangoproject.com/en/5.2/topics/http/middleware/"


def _find(facts: RequestFacts) -> Iterator[Finding]:
    yield from _of_django_in_threads(facts)
    yield from settled(facts, CATEGORY, "without_messages", label=_MESSAGES)
    yield from dear(
        facts,
        CATEGORY,
        share=SHARE,
        but=_MESSAGES,
        write="Leave it out of MIDDLEWARE, or let it return at once where a request does not need it.",
        source=_SOURCE,
    )


def _of_django_in_threads(facts: RequestFacts) -> Iterator[Finding]:
    """Under ASGI, Django's own middleware changes the thread for work that only computes."""
    hops = {who: number for what, who, number in facts.happened if what == thread_hops.HOP}
    own = sum(number for who, number in hops.items() if who.rpartition(".")[0] in REPLACED)
    whole = facts.of(thread_hops.CATEGORY)
    share = own / sum(hops.values()) if own else 0.0
    if own and whole.cpu_us * share >= SHARE * facts.cpu_us:
        change = of_names((_INLINE,))[_INLINE]
        yield Finding(
            what=f"Django's own middleware changes the thread {many(own, 'time')}",
            cpu_us=whole.cpu_us * share,
            wall_us=whole.wall_us * share,
            write=change.lines,
            source=change.source,
            change=_INLINE,
            subject=_INLINE,
        )


FINDER: Final = Finder(label="middleware that takes at least 5 % of the request", find=_find)
