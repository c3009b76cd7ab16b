"""A `try` from beginning to end. Every outcome is stored at once."""

from __future__ import annotations

import os
import shlex
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Final

from django.db import connection

from perfcompare.core import files
from perfcompare.core.errors import EnvironmentProblem, Interrupted, PerfcompareError, UsageError
from perfcompare.core.packages import installed, version
from perfcompare.core.scenario import Exchange
from perfcompare.plugins import servers
from perfcompare.project import driver, logins
from perfcompare.project.answers import Recorded
from perfcompare.project.forecast.application import BARE
from perfcompare.project.project import Project
from perfcompare.project.requests import ProjectRequest, RequestFile
from perfcompare.project.target import AS_IS, ITS_TWIN, ProjectTarget, own_server
from perfcompare.project.trying import bounds, candidates, counting, facts, measuring, parity, results, together
from perfcompare.project.trying.figures import Figures
from perfcompare.project.trying.measuring import Stage
from perfcompare.project.trying.options import Options
from perfcompare.project.trying.results import Asked, Kind, Refused, Results, State, Trial, Tried
from perfcompare.project.trying.stages import TOGETHER, Stages, Told
from perfcompare.runner import environment, lock, signals
from perfcompare.runner.events import Notice
from perfcompare.runner.progress import Progress, Screen

WRITE_S: Final = 1.0
"""Results are written no more often than this while rounds are measured, because each writing disturbs them."""
SAID_S: Final = 20.0
"""After so long without a word, people think that nothing happens."""
DEAR: Final = 0.2
"""A request is named that takes so large a part of the time"""
DEAR_S: Final = 0.1
"""and so long to answer: people may leave it out of perfcompare.toml."""
PACKAGES: Final = ("Django", "djangorestframework", "django-ninja", "psycopg", "psycopg2", "psycopg2-binary")
Headers = Mapping[str, Mapping[str, str]]


@dataclass(kw_only=True)
class Session:
    """What a `try` or a `gate` works with."""

    project: Project
    file: RequestFile
    options: Options
    place: Path
    """The folder of its results."""
    screen: Screen
    results: Results = field(default_factory=Results)
    bounds: bounds.Bounds = field(default_factory=bounds.Bounds)
    counted: frozenset[str] = frozenset()
    """The levers that do nothing beside what they count."""
    _written_s: float = 0.0
    _moved: dict[str, frozenset[str]] = field(default_factory=dict)
    """The places of answers, by request, that moved meanwhile."""

    def __post_init__(self) -> None:
        self.results.began = datetime.now(UTC).isoformat(timespec="seconds")
        self.results.command = shlex.join(["manage.py", *sys.argv[1:]])
        self.results.settings = self.project.settings
        self.progress = Progress(self.screen)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Whatever happens in the block, what was found until then is stored, and how it ended."""
        with signals.interruptible(), lock.only_run():
            prepare(self.place)
            state = State.FAILED
            try:
                yield
                state = State.FINISHED
            except Interrupted:
                state = State.INTERRUPTED
                raise
            finally:
                self.progress.close()
                self._note_moved()
                self.results.state = state
                self.store()

    def _note_moved(self) -> None:
        """The results name every place that was found to be the project's own."""
        self.results.requests = [
            replace(one, unstable=tuple(sorted({*one.unstable, *self._moved.get(one.name, ())})))
            for one in self.results.requests
        ]

    def store(self) -> None:
        """Write what there is."""
        with signals.deferred():
            results.write(self.results, self.place)
        self._written_s = time.monotonic()

    def say(self, text: str) -> None:
        """A line on the screen."""
        self.progress.tell(Notice(text=text))

    def begin(self) -> Right:
        """Find out what answers are right. The results then hold the requests, and which of them are not measured."""
        asked = [one for one in self.file.requests if one.safe or self.options.unsafe]
        if not asked:
            raise UsageError("perfcompare.toml has no request that is sent without --unsafe.")
        own = self.own
        self.say(
            f"The project as it is, on {servers[own.server].label}: {len(asked)} requests, each sent several times."
        )
        if text := self._driver:
            self.say(text)
        headers_of = logins.of_started(self.file, asked)
        target = candidates.target(self.project, [own])
        found = parity.right(target, asked, headers_of, self.place / "parity")
        self.results.tried = [own, candidates.twin(own)]
        self.results.requests = [self._asked(one, found if one in asked else None) for one in self.file.requests]
        self._describe()
        self.store()
        measured = [one for one in asked if not found.hole(one.name)]
        if not measured:
            reasons = "\n".join(f"  {one.name}: {one.hole}" for one in self.results.requests)
            raise PerfcompareError(f"No request can be measured:\n{reasons}")
        witness = parity.Witness(
            target=target,
            headers=headers_of,
            folder=self.place / "again",
            requests=measured,
            answers=found.answers,
            moved=self._moved,
        )
        return Right(requests=measured, headers=headers_of, answers=found, witness=witness)

    @property
    def own(self) -> Tried:
        """The project as it is."""
        named = self.options.servers[:1]
        return candidates.as_is(named[0] if named else own_server(self.project.interface))

    def _asked(self, one: ProjectRequest, found: parity.Right | None) -> Asked:
        asked = Asked(name=one.name, method=one.method, path=one.path, weight=one.weight)
        if found is None:
            return replace(asked, hole=f"{one.method} may write: it is sent with --unsafe only.")
        return replace(
            asked,
            connections=measuring.connections(found.seconds[one.name]),
            hole=found.hole(one.name),
            unstable=tuple(sorted(found.ignoring[one.name])),
        )

    def _describe(self) -> None:
        names = dict.fromkeys([*PACKAGES, *(name for one in servers.values() for name in one.packages)])
        packages = {name: version(name) for name in names if installed(name)}
        described = environment.collect({}, root=self.project.root)
        self.results.facts = {
            **described.facts,
            **described.at_start,
            "packages": packages,
            "driver": self._driver,
        }

    @property
    def _driver(self) -> str:
        """Which one the project's processes use, in sentences."""
        return driver.said(self.project.environ) if connection.vendor == "postgresql" else ""

    def note(self, trials: Iterable[Trial]) -> None:
        """Keep each trial, and store them no later than WRITE_S afterwards."""
        for one in trials:
            with signals.deferred():
                self.results.trials.append(one)
            if time.monotonic() - self._written_s > WRITE_S:
                self.store()

    def target(self, right: Right) -> ProjectTarget:
        """With every variant so far."""
        return replace(self._target(self.results.tried), exchanges=right.exchanges)

    def _target(self, tried: Sequence[Tried]) -> ProjectTarget:
        plain = candidates.target(self.project, tried)
        return replace(plain, variants={**plain.variants, **self.bounds.variants})

    def admit_bounds(self, right: Right) -> list[Tried]:
        """The applications of the forecast that give the project's answers. Headers of the project are its own."""
        folder = self.place / "forecast"
        try:
            self.bounds = bounds.make(self.project, self.file, right.headers, folder, unsafe=self.options.unsafe)
        except PerfcompareError as error:
            self.bounds = bounds.Bounds(unbounded=f"There is no forecast and no bound: {error}")
        self.results.notes += self.bounds.notes
        if self.bounds.unbounded:
            self.results.unbounded = self.bounds.unbounded
            self.say(self.bounds.unbounded)
        answered = [one for one in right.requests if one.name not in self.bounds.absent]
        known = replace(right, requests=answered, answers=right.answers.without_headers)
        return self.admit(self.bounds.tried, self.check(self.bounds.tried, known))

    def check(self, tried: Sequence[Tried], right: Right) -> Mapping[str, parity.Checked]:
        """For each of these, whether it answers as the project does."""
        target = self._target([self.own, *tried])
        names = [one.name for one in tried]
        folder = self.place / "parity"
        found: dict[str, parity.Checked] = {}
        said_s = time.monotonic()
        for name, one in parity.check(target, names, right.requests, right.answers, folder, right.witness):
            found[name] = one
            if time.monotonic() - said_s > SAID_S and len(found) < len(names):
                said_s = time.monotonic()
                self.say(f"Compared the answers of {len(found)} of {len(names)}.")
        return found

    def admit(self, tried: Sequence[Tried], checked: Mapping[str, parity.Checked]) -> list[Tried]:
        """Those that answer every request as the project does; the results name the others."""
        kept = []
        for one in tried:
            found = checked[one.name]
            if found.refusal:
                self.say(f"Refused: {one.name}. {found.refusal.partition(chr(10))[0]}")
                self._refuse(one, found.refusal, applies=True)
            elif idle := self._idle(one, found):
                self._refuse(one, idle, applies=False)
            else:
                kept.append(replace(one, differs=found.differs))
        self.results.tried += kept
        self.store()
        return kept

    def _idle(self, one: Tried, found: parity.Checked) -> str:
        """Why a lever does nothing for these requests, by what it counted; empty when it does, or may without count."""
        if one.name not in self.counted or one.name not in found.counts:
            return ""
        fast, stock = found.counts[one.name]
        left = f", and left {stock} calls to Django" if stock else ""
        return "" if fast else f"Inactive for your requests: it counted no call that it can shorten in them{left}."

    def _refuse(self, one: Tried, reason: str, *, applies: bool) -> None:
        self.results.refused.append(
            Refused(name=one.name, kind=one.kind, label=one.label, applies=applies, reason=reason)
        )

    def plan(self, told: Told, left_out: Sequence[str] = (), *, right: Right) -> tuple[int, float]:
        """Say what is going to be measured, and how long that takes; the results keep it.

        Returns how many trials are expected, and the seconds of one.
        """
        seconds = {one.name: right.answers.seconds[one.name] for one in right.requests}
        times = [stage.expected_s(seconds, right.answers.start_s) for _, stage in told]
        self.results.plan += [
            f"{len(seconds)} requests, {sum(stage.servers * stage.rounds for _, stage in told)} starts of a server: "
            f"about {duration(sum(times))}.",
            *(f"{said}: about {duration(time_)}." for (said, _), time_ in zip(told, times, strict=True)),
            *_dear([stage for _, stage in told], seconds, sum(times)),
            *self._slowed,
            *left_out,
        ]
        for one in self.results.plan:
            self.say(one)
        trials = sum(stage.trials for _, stage in told)
        return trials, sum(times) / trials

    @property
    def _slowed(self) -> Iterator[str]:
        """What makes the plan longer than it need be."""
        busy: Mapping[str, float] = self.results.facts.get("busy", {})
        share = sum(busy.values()) / (os.cpu_count() or 1)
        if share > results.BUSY:
            yield (
                f"Other programs use {share:.0%} of this machine's processors now: {', '.join(busy)}. Without them it "
                "takes less time."
            )

    def measuring(self, right: Right, trials: int, trial_s: float) -> measuring.Measuring:
        """Rounds of these requests; so many trials of so many seconds are expected."""
        return measuring.Measuring(
            target=self.target(right),
            folder=self.place / "trials",
            connections={one.name: one.connections for one in self.results.requests if not one.hole},
            others=self.results.others,
            absent=self.absent,
            progress=measuring.Progress(tell=self.progress.tell, trials=trials, trial_s=trial_s),
        )

    @property
    def absent(self) -> frozenset[tuple[str, str]]:
        """The variants and requests that are not measured, because a bound does not answer the request."""
        return frozenset((one.name, request) for one in self.bounds.tried for request in self.bounds.absent)

    def count(self, names: Sequence[str], right: Right, url: str) -> None:
        """Count the statements of these variants on the way to PostgreSQL; else take those of the recording."""
        self.say("Counting the SQL statements and bytes of a request.")
        target, requests = self.target(right), [one.name for one in right.requests]
        folder = self.place / "counting"
        counted = list(counting.count(target, names, requests, url=url, folder=folder)) if url else []
        if not any(one.variant == AS_IS for one in counted):
            why = "the project does not answer behind a proxy" if url else "the default database is not PostgreSQL"
            told = "Statements are those of Django's cursors" if self.bounds.work else "Statements are not counted"
            self.results.notes.append(f"{told}, of the project as it is alone: {why}.")
            counted = [one for one in self.bounds.work if one.request in requests]
        self.results.work += counted
        self.store()


@dataclass(frozen=True, kw_only=True)
class Right:
    """The requests that are measured, and their right answers."""

    requests: Sequence[ProjectRequest]
    headers: Headers
    answers: parity.Right
    witness: parity.Witness

    @property
    def costs(self) -> Mapping[str, float]:
        """What each request costs the traffic: its weight times its time."""
        return {one.name: one.weight * self.answers.seconds[one.name] for one in self.requests}

    @property
    def exchanges(self) -> Mapping[str, Exchange]:
        """As the runner sends and verifies them; headers were compared before, and bounds have others."""
        answers = self.answers.without_headers
        return {
            one.name: Exchange(
                request=one.request(self.headers[one.login]),
                expected=Recorded(
                    status=answers.answers[one.name].status,
                    judge=partial(self.witness.difference, one, answers.ignoring[one.name]),
                ),
            )
            for one in self.requests
        }


def prepare(place: Path) -> None:
    """Make the folder of results, which git ignores."""
    ignored = results.folder().parent / ".gitignore"
    place.mkdir(parents=True)
    if not ignored.exists():
        files.write(ignored, "*\n")


def new_place() -> Path:
    """A folder for results that begin now."""
    return results.folder() / datetime.now(UTC).strftime("%Y-%m-%d-%H%M%S-%f")


def run(session: Session) -> None:
    """Try everything. Raises Interrupted with what there is stored."""
    with session.kept():
        latest(session.place)
        right = session.begin()
        options, own = session.options, session.own
        others = options.servers[1:] or ([] if options.servers else _installed())
        found, plain = candidates.offer(session.project, own, others, session.place / "facts", only=options.only)
        session.results.facts = {**session.results.facts, "databases": dict(plain.databases)}
        session.results.refused += found.refused
        session.counted = found.counted
        session.say(f"{len(found.tried)} changes can be tried. Each must answer every request as the project does.")
        alone = session.admit(found.tried, session.check(found.tried, right))
        ends = session.admit_bounds(right)
        stages = Stages(options=options, costs=right.costs)
        session.results.sample = [*stages.sample]
        measured = session.measuring(right, *session.plan(*stages.told(len(alone), len(ends)), right=right))
        if alone:
            session.note(measured.measure(_names(alone), stages.look(len(alone))))
            figures = Figures(session.results)
            session.results.notes += (
                f"{one.name} is not part of the answer: {one.reason}" for one in together.unfit(figures, alone)
            )
            alone = together.promising(figures, alone)
        more = stages.more(len(alone))
        if more.rounds and alone:
            measured.expect(more, stages.whole(TOGETHER + len(ends)))
            session.note(measured.measure(_names(alone), more))
        variants = _together(session, right, own, alone)
        whole = stages.whole(len(variants) + len(ends))
        measured.target = session.target(right)
        measured.expect(whole)
        session.note(measured.measure(_names([*variants, *ends]), whole))
        session.count([AS_IS, *_names(variants)], right, plain.database_url)


def _names(tried: Sequence[Tried]) -> list[str]:
    return [one.name for one in tried]


def again(session: Session, doubtful: Callable[[], Sequence[str]]) -> None:
    """Measure the project as it is and the bare server, for a comparison with earlier results.

    What is `doubtful` after that is measured as often once more.
    """
    with session.kept():
        right = session.begin()
        target = candidates.target(session.project, [session.own])
        plain = facts.of_variants(target, [AS_IS], session.place / "facts")[AS_IS]
        if isinstance(plain, PerfcompareError):
            raise plain
        names = [one.name for one in session.admit_bounds(right) if one.name == BARE]
        stage = Stages(options=session.options, costs=right.costs).whole(len(names))
        expected = session.plan([("The project as it is beside the bare server", stage)], right=right)
        measured = session.measuring(right, *expected)
        session.note(measured.measure(names, stage))
        if once_more := doubtful():
            session.say(f"Measured once more, because it seems to be dearer: {', '.join(once_more)}.")
            others = {one.name for one in right.requests} - {*once_more}
            measured.absent |= {(name, request) for name in (AS_IS, ITS_TWIN) for request in others}
            session.note(measured.measure(names, stage))
        session.count([AS_IS], right, plain.database_url)


def latest(place: Path) -> None:
    """Let `latest` beside it lead to it."""
    link = place.parent / results.LATEST
    beside = link.with_name(f".{link.name}.{os.getpid()}")
    try:
        beside.symlink_to(place.name)
        beside.replace(link)
    except OSError as error:
        raise EnvironmentProblem(f"{link} cannot be made: {error.strerror}.") from error


def _installed() -> list[str]:
    return [name for name, one in servers.items() if all(map(installed, one.packages))]


def _together(session: Session, right: Right, own: Tried, alone: Sequence[Tried]) -> list[Tried]:
    """The accepted changes as one variant by settings, and one with levers beside."""
    figures = Figures(session.results)
    server = together.best_server(figures, alone)
    base: list[Tried] = []
    found: list[Tried] = []
    check = cache(partial(_checked, session, right))
    for name, kind in ((together.SETTINGS, Kind.SETTING), (together.LEVERS, Kind.LEVER)):
        chosen = together.accepted(figures, alone, kind)
        if not chosen and not (name == together.SETTINGS and server):
            session.results.notes.append(f"No {kind.value} makes these requests cheaper: there is no `{name}` variant.")
            continue
        whole = partial(_combined, name, own, server, tuple(base))
        kept: list[Tried] = []
        for one in together.agreeing(whole, chosen, lambda tried: check(tried).refusal):
            if isinstance(one, together.Left):
                session.results.notes.append(f"{one.name} is not part of `{name}`: {one.reason}")
            else:
                kept.append(one)
        base += kept
        if kept or (name == together.SETTINGS and server):
            last = whole(kept)
            found += session.admit([last], {last.name: check(last)})
    return found


def _combined(name: str, own: Tried, server: Tried | None, base: Sequence[Tried], more: Sequence[Tried]) -> Tried:
    return together.combined(name, own, server, [*base, *more])


def _checked(session: Session, right: Right, one: Tried) -> parity.Checked:
    """Whether the combination can be used. Where it cannot, a process of it may say better why."""
    found = session.check([one], right)[one.name]
    if not found.refusal:
        return found
    target = candidates.target(session.project, [one])
    said = facts.of_variants(target, [one.name], session.place / "facts")[one.name]
    return replace(found, refusal=str(said)) if isinstance(said, PerfcompareError) else found


def _dear(stages: Sequence[Stage], seconds: Mapping[str, float], whole_s: float) -> Iterator[str]:
    """The requests that take a part of the time that is worth a thought."""
    for name, answer_s in seconds.items():
        part_s = sum(stage.shares_s(seconds).get(name, 0.0) for stage in stages)
        if part_s > DEAR * whole_s and answer_s > DEAR_S:
            yield f"{duration(part_s)} of it go to {name}, because each answer takes {answer_s:.1f} s."


def duration(seconds: float) -> str:
    """`3 min 20 s`, in steps of ten seconds."""
    minutes, rest = divmod(round(seconds, -1), 60)
    return f"{minutes:.0f} min {rest:.0f} s" if minutes else f"{max(rest, 10):.0f} s"
