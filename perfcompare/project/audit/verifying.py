"""Verifies findings: each change is made in a process of its own, and measured beside the project as it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from perfcompare.core.errors import PerfcompareError
from perfcompare.core.stack import Interface
from perfcompare.core.statistics import Interval, bootstrap
from perfcompare.project import answers
from perfcompare.project.audit.child import Child, Orders, WorkerError, started
from perfcompare.project.audit.facts import RequestFacts
from perfcompare.project.audit.findings import Finding, finders
from perfcompare.project.audit.measuring import Asked, block, timed
from perfcompare.project.audit.rewrites import Rewrites
from perfcompare.project.changes import of_names
from perfcompare.project.project import Project

ROUNDS: Final = 9
_SEED: Final = 16


@dataclass(frozen=True, kw_only=True)
class Gain:
    """Microseconds of one request that a change saves: medians of paired rounds, and their interval for the CPU."""

    cpu_us: Interval
    wall_us: float
    before_us: float
    """CPU of the request as it is, in the same rounds: shares of it hold where the machine's speed changes."""
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


Key = tuple[str, str]
"""A change's name, and a view's rewrite as text."""


def verify(
    project: Project,
    asked: Sequence[Asked],
    interface: Interface,
    judged: Sequence[Judged],
    tell: Callable[[str], None],
) -> list[Judged]:
    """The same findings of this interface, those that can be applied with their gains."""
    jobs: dict[Key, list[Judged]] = defaultdict(list)
    for one in judged:
        if one.finding.change or one.finding.rewrite:
            jobs[one.finding.change, repr(one.finding.rewrite)].append(one)
    done = [one for one in judged if not (one.finding.change or one.finding.rewrite)]
    if not jobs:
        return done
    sent = [one.sent for one in asked]
    places = {one.named.name: number for number, one in enumerate(asked)}
    with started(project, Orders(interface=interface, requests=sent)) as plain:
        for job in jobs.values():
            tell(f"verifying: {job[0].finding.change or ', '.join(job[0].finding.write[1:])} ({interface.upper()})")
            done += _job(project, plain, Orders(interface=interface, requests=sent), job, places)
    return done


def _job(
    project: Project, plain: Child, orders: Orders, job: Sequence[Judged], places: Mapping[str, int]
) -> list[Judged]:
    finding = job[0].finding
    changed = Orders(
        interface=orders.interface,
        requests=orders.requests,
        changes=(finding.change,) if finding.change else (),
        rewrites=_plain(finding.rewrite),
    )
    try:
        with started(project, changed) as other:
            return [_judged(plain, other, places[one.facts.name], one) for one in job]
    except WorkerError as error:
        return [_without(one, f"not verified: {error}") for one in job]


def _plain(rewrite: Rewrites) -> Rewrites:
    return {view: {name: list(paths) for name, paths in calls.items()} for view, calls in rewrite.items()}


def _judged(plain: Child, other: Child, number: int, one: Judged) -> Judged:
    try:
        difference = _difference(plain, other, number, one.finding.change)
        if difference:
            return _without(one, f"not offered, because the answer differs: {difference}")
        gain = _gain(plain, other, number)
    except PerfcompareError as error:
        return _without(one, f"not verified: {error}")
    return Judged(kind=one.kind, facts=one.facts, finding=one.finding, gain=gain)


def _without(one: Judged, said: str) -> Judged:
    return Judged(kind=one.kind, facts=one.facts, finding=one.finding, said=said)


def _difference(plain: Child, other: Child, number: int, change: str) -> str | None:
    """Where the changed project answers otherwise: not as it differs from itself, and not as the change declares."""
    first, second, changed = (answers.of_reply(one.reply(number)) for one in (plain, plain, other))
    losses = [loss for one in of_names([change] if change else []).values() for loss in one.loses]
    wanted = answers.losing(first, changed, losses)
    return answers.difference(wanted, changed, ignoring=answers.unstable(first, second))


def _gain(plain: Child, other: Child, number: int) -> Gain:
    repetitions = max(block(plain, number), 1)
    block(other, number)
    cpu, wall, before, before_wall = [], [], [], []
    for turn in range(ROUNDS):
        # The two take turns at being first.
        pair = [(one, timed(one, number, repetitions)) for one in ((plain, other), (other, plain))[turn % 2]]
        mine, its = (next(times for one, times in pair if one is it) for it in (plain, other))
        cpu.append(mine["cpu_us"] - its["cpu_us"])
        wall.append(mine["wall_us"] - its["wall_us"])
        before.append(mine["cpu_us"])
        before_wall.append(mine["wall_us"])
    interval = bootstrap(cpu, seed=_SEED)
    assert interval is not None
    return Gain(cpu_us=interval, wall_us=median(wall), before_us=median(before), before_wall_us=median(before_wall))
