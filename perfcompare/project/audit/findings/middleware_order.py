"""Middleware in an order that costs: changes of thread between it, or work for requests that it answers itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from perfcompare.project.audit.facts import Middleware, RequestFacts
from perfcompare.project.audit.findings._changed import SHARE
from perfcompare.project.audit.findings._finding import Finder, Finding
from perfcompare.project.audit.instruments import middleware, thread_hops
from perfcompare.report.data.words import both, many

_OF_HOPS: Final = "https://docs.djangoproject.com/en/5.2/topics/async/#performance"
_OF_ANSWERS: Final = "https://docs.djangoproject.com/en/5.2/ref/middleware/#middleware-ordering"


def _find(facts: RequestFacts) -> Iterator[Finding]:
    yield from _in_turns(facts)
    yield from _answered(facts)


def _in_turns(facts: RequestFacts) -> Iterator[Finding]:
    """Under ASGI, what comes before a synchronous one runs in its thread; what comes after it changes it one by one."""
    in_a_thread = [one for one in facts.middleware if not one.asynchronous]
    if facts.interface != "asgi" or not in_a_thread or in_a_thread[-1] == facts.middleware[-1]:
        return
    hops = {who: number for what, who, number in facts.happened if what == thread_hops.HOP}
    kinds = {one.kind for one in facts.middleware}
    own = sum(number for who, number in hops.items() if who in kinds or who.rpartition(".")[0] in kinds)
    if own:
        whole, share, last = facts.of(thread_hops.CATEGORY), own / sum(hops.values()), in_a_thread[-1]
        yield _finding(
            [*(one for one in facts.middleware if one != last), last],
            f"middleware changes the thread {many(own, 'time')}: {last.label} can only run in a thread, and the "
            "asynchronous ones after it go there and back one by one. Where it is the last, they run in its thread. "
            "Mind the place that its own documentation gives it",
            cpu_us=whole.cpu_us * share,
            wall_us=whole.wall_us * share,
            source=_OF_HOPS,
        )


def _answered(facts: RequestFacts) -> Iterator[Finding]:
    """A request that middleware answers itself costs the middleware before it, too."""
    if any(part.category == "view" or part.label == "resolve" for part in facts.parts):
        return
    parts = {part.label: part for part in facts.parts if part.category == middleware.CATEGORY}
    used = [one for one in facts.middleware if one.label in parts]
    if not used:
        return
    *before, answering = used
    cpu_us, wall_us = (sum(getattr(parts[one.label], clock) for one in before) for clock in ("cpu_us", "wall_us"))
    if cpu_us >= SHARE * facts.cpu_us:
        yield _finding(
            [answering, *(one for one in facts.middleware if one != answering)],
            f"is answered by {answering.label}, after {both([one.label for one in before])}, which take "
            f"{cpu_us / facts.cpu_us:.0%} of the CPU time",
            cpu_us=cpu_us,
            wall_us=wall_us,
            source=_OF_ANSWERS,
        )


def _finding(better: Sequence[Middleware], what: str, *, cpu_us: float, wall_us: float, source: str) -> Finding:
    paths = tuple(one.path for one in better)
    return Finding(
        what=what,
        cpu_us=cpu_us,
        wall_us=wall_us,
        write=("MIDDLEWARE = [", *(f'    "{path}",' for path in paths), "]"),
        source=source,
        middleware=paths,
        subject=repr(paths),
    )


FINDER: Final = Finder(label="middleware in an order that changes the thread, or works in vain", find=_find)
