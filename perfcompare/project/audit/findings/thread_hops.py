"""Changes of thread, and who forces them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from perfcompare.project.audit.facts import RequestFacts
from perfcompare.project.audit.findings._finding import Finder, Finding
from perfcompare.project.audit.instruments.thread_hops import CATEGORY, HOP

_SOURCE: Final = "https://docs.djangoproject.com/en/5.2/topics/async/#performance"


def _find(facts: RequestFacts) -> Iterator[Finding]:
    hops = facts.how_often(HOP)
    if not hops:
        return
    part = facts.of(CATEGORY)
    who = [f"{_short(name)} ({number})" for what, name, number in facts.happened if what == HOP]
    yield Finding(
        what=f"changes its thread {hops} times: {', '.join(who)}",
        cpu_us=part.cpu_us,
        wall_us=part.wall_us,
        write=(
            "Under WSGI there is none of this. Under ASGI: asynchronous views, the ORM's a… methods in few calls, "
            "middleware that is both sync_capable and async_capable.",
        ),
        source=_SOURCE,
        subject="thread hops",
    )


def _short(name: str) -> str:
    """The class and the method, without their module."""
    return ".".join(name.replace(".<locals>", "").split(".")[-2:])


FINDER: Final = Finder(label="changes of thread under ASGI, or of loop under WSGI", find=_find)
