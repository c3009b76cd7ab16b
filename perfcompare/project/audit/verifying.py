"""Verifies findings: each change is made in a process of its own, and measured beside the project as it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from statistics import median
from typing import Any, Final

from perfcompare.core.errors import PerfcompareError
from perfcompare.core.statistics import Interval, bootstrap
from perfcompare.plugins import servers
from perfcompare.project import answers
from perfcompare.project.audit.categories import SERVER
from perfcompare.project.audit.child import Orders, started
from perfcompare.project.audit.facts import RequestFacts
from perfcompare.project.audit.findings import Finding, finders
from perfcompare.project.audit.measuring import FEWEST, Asked, Measured, so_many, timed
from perfcompare.project.audit.serving import served
from perfcompare.project.audit.steps import Steps
from perfcompare.project.changes import of_names
from perfcompare.project.project import Project

PAIRS: Final = 2
"""Of processes, each with other hashes and other memory. What starts first gets the machine's scattered pages, and is
dearer as long as it lives (`python -m tests.projects --starts`). So each starts first once."""
ROUNDS: Final = 5
"""With each pair."""
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
    numbers = {one.named.name: number for number, one in enumerate(asked)}
    orders = Orders(interface=servers[server].interface, requests=[one.sent for one in asked])
    place = _Place(project=project, server=server, orders=orders)
    steps = Steps(say=say, doing="Verifying", number=len(jobs))
    for job in jobs.values():
        steps.next(f"{named(job[0])} ({orders.interface.upper()})")
        done += _job(place, [_Trial(judged=one, number=numbers[one.facts.name]) for one in job])
    return done


def named(one: Judged) -> str:
    """What is applied, in a word: a change, a server, else the kind of the finding."""
    return one.finding.change or one.finding.server or one.kind.replace("_", "-")


@dataclass(frozen=True, kw_only=True)
class _Place:
    """Where findings are applied."""

    project: Project
    server: str
    orders: Orders

    @contextmanager
    def pair(self, finding: Finding, *, changed_first: bool) -> Iterator[tuple[Measured, Measured]]:
        """The project as it is, and with the finding applied, in processes that start in this order."""
        making = [self._plain(finding), self._changed(finding)]
        with ExitStack() as context:
            if changed_first:
                other, plain = map(context.enter_context, reversed(making))
            else:
                plain, other = map(context.enter_context, making)
            yield plain, other

    def _plain(self, finding: Finding) -> AbstractContextManager[Measured]:
        if finding.server:
            return served(self.project, self.server, self.orders.requests)
        return started(self.project, self.orders)

    def _changed(self, finding: Finding) -> AbstractContextManager[Measured]:
        if finding.server:
            return served(self.project, finding.server, self.orders.requests)
        changed = replace(
            self.orders,
            changes=(finding.change,) if finding.change else (),
            rewrites={
                view: {name: list(paths) for name, paths in calls.items()} for view, calls in finding.rewrite.items()
            },
            middleware=finding.middleware,
        )
        return started(self.project, changed)


_Turn = tuple[Mapping[str, Any], Mapping[str, Any]]
"""What a request costs as it is, and changed."""


@dataclass(kw_only=True)
class _Trial:
    """A finding of one request while it is tried."""

    judged: Judged
    number: int
    """Of the request."""
    turns: list[_Turn] = field(default_factory=list)
    ended: Judged | None = None
    """Without a gain."""

    def go_on(self, plain: Measured, other: Measured) -> None:
        """Compare the answers of the first pair, and measure each."""
        try:
            difference = None if self.turns else _difference(plain, other, self.number, self.judged.finding.change)
            if difference:
                said = f"not offered, because the answer differs: {difference}"
                self.ended = replace(self.judged, said=said, refused=not self.judged.finding.rewrite)
            else:
                self.turns += _turns(plain, other, self.number, self.judged)
        except PerfcompareError as error:
            self.stop(error)

    def stop(self, error: PerfcompareError) -> None:
        """Nothing is known, unless it has ended."""
        self.ended = self.ended or replace(
            self.judged, said=f"not verified: {error}", hole=not self.judged.finding.rewrite
        )

    def result(self) -> Judged:
        """What became of it."""
        return self.ended or replace(self.judged, said="", gain=_gain(self.turns, self.judged))


def _job(place: _Place, trials: Sequence[_Trial]) -> list[Judged]:
    """Findings with the same means, tried with the same processes."""
    for number in range(PAIRS):
        going = [one for one in trials if one.ended is None]
        if not going:
            break
        try:
            with place.pair(going[0].judged.finding, changed_first=number % 2 == 1) as (plain, other):
                for one in going:
                    one.go_on(plain, other)
        except PerfcompareError as error:
            for one in going:
                one.stop(error)
    return [one.result() for one in trials]


def _difference(plain: Measured, other: Measured, number: int, change: str) -> str | None:
    """Where the changed project answers otherwise: not as it differs from itself, and not as the change declares."""
    first, second, changed = (answers.of_reply(one.reply(number)) for one in (plain, plain, other))
    losses = [loss for one in of_names([change] if change else []).values() for loss in one.loses]
    wanted = answers.losing(first, changed, losses)
    return answers.difference(wanted, changed, ignoring=answers.unstable(first, second))


def _turns(plain: Measured, other: Measured, number: int, one: Judged) -> Iterator[_Turn]:
    repetitions = so_many(one.facts.cpu_us, one.facts.wall_us, fewest=1)
    for it in (plain, other):
        timed(it, number, max(repetitions, FEWEST))
    for turn in range(ROUNDS):
        # The two take turns at being first.
        pair = [(it, timed(it, number, repetitions)) for it in ((plain, other), (other, plain))[turn % 2]]
        mine, its = (next(times for asked, times in pair if asked is it) for it in (plain, other))
        yield mine, its


def _gain(turns: Sequence[_Turn], one: Judged) -> Gain:
    # The server takes its part beside these two processes.
    beside = 0.0 if one.finding.server else one.facts.of(SERVER).cpu_us
    cpu, wall = ([mine[clock] - its[clock] for mine, its in turns] for clock in ("cpu_us", "wall_us"))
    before, before_wall = ([mine[clock] + beside for mine, _ in turns] for clock in ("cpu_us", "wall_us"))
    interval = bootstrap(cpu, seed=_SEED)
    share = bootstrap([saved / whole for saved, whole in zip(cpu, before, strict=True)], seed=_SEED)
    assert interval is not None
    assert share is not None
    return Gain(
        cpu_us=interval, share=share, wall_us=median(wall), before_us=median(before), before_wall_us=median(before_wall)
    )
