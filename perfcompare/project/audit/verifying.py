"""Verifies findings: each change is made in a process of its own, and measured beside the project as it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from statistics import median
from typing import Final

from perfcompare.core.errors import PerfcompareError
from perfcompare.core.statistics import Interval, bootstrap
from perfcompare.plugins import servers
from perfcompare.project import answers
from perfcompare.project.audit.categories import SERVER
from perfcompare.project.audit.child import Child, Orders, started
from perfcompare.project.audit.facts import RequestFacts
from perfcompare.project.audit.findings import Finding, finders
from perfcompare.project.audit.measuring import FEWEST, Asked, Measured, so_many, timed
from perfcompare.project.audit.rewrites import Rewrites
from perfcompare.project.audit.serving import Served, served
from perfcompare.project.audit.steps import Steps
from perfcompare.project.changes import of_names
from perfcompare.project.project import Project

ROUNDS: Final = 9
_SEED: Final = 16


@dataclass(frozen=True, kw_only=True)
class Gain:
    """Microseconds of one request that a change saves: medians of paired rounds, and their interval for the CPU."""

    cpu_us: Interval
    share: Interval
    """Of the request's CPU, within each pair: at most all of it."""
    wall_us: float
    before_us: float
    """CPU of the request as it is, with its server, in the same rounds: shares of it hold where the machine's speed
    changes."""
    before_wall_us: float

    @property
    def sure(self) -> bool:
        """Whether the request is cheaper beyond doubt."""
        return self.cpu_us.low > 0


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A finding of one request, and what became of it when it was applied."""

    kind: str
    facts: RequestFacts
    finding: Finding
    gain: Gain | None = None
    said: str = ""
    """Why there is no gain."""
    refused: bool = False
    """Whether it was tried and the project does not answer as before. A team can write better code than a rewrite."""
    hole: bool = False
    """Whether it could not be tried, such as where a server did not start: so nothing is known."""

    @property
    def worth_us(self) -> float:
        """Wall time per request, times its weight: measured, or the bound."""
        return self.facts.weight * (self._gained_us if self.gain else self.finding.wall_us)

    @property
    def _gained_us(self) -> float:
        """At the speed that the machine had when the request was measured."""
        assert self.gain is not None
        return self.facts.wall_us * max(self.gain.wall_us, 0.0) / self.gain.before_wall_us


def found(facts: Iterable[RequestFacts]) -> list[Judged]:
    """All findings, not verified."""
    return [
        Judged(kind=kind, facts=one, finding=finding, said="not verified")
        for one in facts
        for kind, finder in finders.items()
        for finding in finder.find(one)
    ]


def verify(
    project: Project,
    asked: Sequence[Asked],
    server: str,
    judged: Sequence[Judged],
    say: Callable[[str], None],
) -> list[Judged]:
    """The same findings of requests to this server, those that can be applied with their gains."""
    jobs: dict[object, list[Judged]] = defaultdict(list)
    for one in judged:
        if one.finding.applicable:
            jobs[one.finding.means].append(one)
    done = [one for one in judged if not one.finding.applicable]
    if not jobs:
        return done
    places = {one.named.name: number for number, one in enumerate(asked)}
    orders = Orders(interface=servers[server].interface, requests=[one.sent for one in asked])
    with ExitStack() as context:
        plain = context.enter_context(started(project, orders))
        place = _Place(project=project, server=server, orders=orders, plain=plain, context=context)
        steps = Steps(say=say, doing="Verifying", number=len(jobs))
        for job in jobs.values():
            steps.next(f"{named(job[0])} ({orders.interface.upper()})")
            done += _job(place, job, places)
    return done


def named(one: Judged) -> str:
    """What is applied, in a word: a change, a server, else the kind of the finding."""
    return one.finding.change or one.finding.server or one.kind.replace("_", "-")


@dataclass(kw_only=True)
class _Place:
    """Where findings are applied."""

    project: Project
    server: str
    orders: Orders
    plain: Child
    """The project as it is."""
    context: ExitStack
    """What lasts for all findings."""

    @cached_property
    def on_its_server(self) -> Served:
        """The project as it is on its own server, started when it is needed first."""
        return self.context.enter_context(served(self.project, self.server, self.orders.requests))

    @contextmanager
    def pair(self, finding: Finding) -> Iterator[tuple[Measured, Measured]]:
        """The project as it is, and with the finding applied."""
        if finding.server:
            one = self.on_its_server
            with served(self.project, finding.server, self.orders.requests) as other:
                yield one, other
            return
        changed = replace(
            self.orders,
            changes=(finding.change,) if finding.change else (),
            rewrites=_plain(finding.rewrite),
            middleware=finding.middleware,
        )
        with started(self.project, changed) as other_child:
            yield self.plain, other_child


def _job(place: _Place, job: Sequence[Judged], numbers: Mapping[str, int]) -> list[Judged]:
    try:
        with place.pair(job[0].finding) as (plain, other):
            return [_judged(plain, other, numbers[one.facts.name], one) for one in job]
    except PerfcompareError as error:
        return [_unknown(one, error) for one in job]


def _plain(rewrite: Rewrites) -> Rewrites:
    return {view: {name: list(paths) for name, paths in calls.items()} for view, calls in rewrite.items()}


def _judged(plain: Measured, other: Measured, number: int, one: Judged) -> Judged:
    try:
        difference = _difference(plain, other, number, one.finding.change)
        if difference:
            said = f"not offered, because the answer differs: {difference}"
            return replace(one, said=said, refused=not one.finding.rewrite)
        gain = _gain(plain, other, number, one)
    except PerfcompareError as error:
        return _unknown(one, error)
    return replace(one, said="", gain=gain)


def _unknown(one: Judged, error: PerfcompareError) -> Judged:
    return replace(one, said=f"not verified: {error}", hole=not one.finding.rewrite)


def _difference(plain: Measured, other: Measured, number: int, change: str) -> str | None:
    """Where the changed project answers otherwise: not as it differs from itself, and not as the change declares."""
    first, second, changed = (answers.of_reply(one.reply(number)) for one in (plain, plain, other))
    losses = [loss for one in of_names([change] if change else []).values() for loss in one.loses]
    wanted = answers.losing(first, changed, losses)
    return answers.difference(wanted, changed, ignoring=answers.unstable(first, second))


def _gain(plain: Measured, other: Measured, number: int, one: Judged) -> Gain:
    # The server takes its part beside these two processes.
    beside = 0.0 if one.finding.server else one.facts.of(SERVER).cpu_us
    repetitions = so_many(one.facts.cpu_us, one.facts.wall_us, fewest=1)
    for it in (plain, other):
        timed(it, number, max(repetitions, FEWEST))
    cpu, wall, before, before_wall = [], [], [], []
    for turn in range(ROUNDS):
        # The two take turns at being first.
        pair = [(it, timed(it, number, repetitions)) for it in ((plain, other), (other, plain))[turn % 2]]
        mine, its = (next(times for asked, times in pair if asked is it) for it in (plain, other))
        cpu.append(mine["cpu_us"] - its["cpu_us"])
        wall.append(mine["wall_us"] - its["wall_us"])
        before.append(mine["cpu_us"] + beside)
        before_wall.append(mine["wall_us"] + beside)
    interval = bootstrap(cpu, seed=_SEED)
    share = bootstrap([saved / whole for saved, whole in zip(cpu, before, strict=True)], seed=_SEED)
    assert interval is not None
    assert share is not None
    return Gain(
        cpu_us=interval, share=share, wall_us=median(wall), before_us=median(before), before_wall_us=median(before_wall)
    )
