"""Changes of thread, and who forces them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from perfcompare.project.audit.facts import RequestFacts
from perfcompare.project.audit.findings._finding import Finder, Finding
from perfcompare.project.audit.instruments.thread_hops import CATEGORY, HOP
from perfcompare.report.data.words import many

_SOURCE: Final = "https://docs.djangoproject.com/en/5.2/topics/async/#performance"
_ITSELF: Final = ("django.", "asgiref.", "rest_framework.")
"""How the names begin of what no project changes."""
_OF_DJANGO: Final = (
    "Middleware that is both sync_capable and async_capable, in one unbroken row, spares some of it; under WSGI "
    "there is none of this."
)
_OF_THE_PROJECT: Final = (
    "An asynchronous view, the ORM's a… methods in few calls, or middleware that is both sync_capable and "
    "async_capable; under WSGI there is none of this."
)


def _find(facts: RequestFacts) -> Iterator[Finding]:
    """One finding for all that Django and DRF do by themselves, and one for each that the project can change."""
    hops = facts.how_often(HOP)
    part = facts.of(CATEGORY)
    forcing: Counter[str] = Counter()
    for what, name, number in facts.happened:
        if what == HOP:
            forcing["" if name.startswith(_ITSELF) else _short(name)] += number
    for who, number in forcing.items():
        yield Finding(
            what=f"changes its thread {many(number, 'time')} for {who or 'Django itself'}",
            cpu_us=part.cpu_us * number / hops,
            wall_us=part.wall_us * number / hops,
            write=(_OF_THE_PROJECT if who else _OF_DJANGO,),
            source=_SOURCE,
            subject=f"thread hops, {'others' if who else 'Django'}",
        )


def _short(name: str) -> str:
    """The class and the method, without their module."""
    return ".".join(name.replace(".<locals>", "").split(".")[-2:])


FINDER: Final = Finder(label="changes of thread under ASGI, or of loop under WSGI", find=_find)
