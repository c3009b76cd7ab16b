"""The recommendation for a traffic: stay, change settings, apply levers, move endpoints or migrate.

A pure function of the report. The order of advice is that of the work: settings first, levers for what they save beyond
settings, moving for what it saves beyond everything that Django can do. Each of the three is counted where this run has
valid figures of both sides; an endpoint moves only where settings and levers have some, and otherwise is not known. The
border between "worth it" and "not worth it" is the reader's: a number of cores.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise
from typing import Final

from perfcompare.core.statistics import Interval, Verdict
from perfcompare.core.target import REFERENCE, Catalog
from perfcompare.report.data import formatting, rungs
from perfcompare.report.data.formatting import both
from perfcompare.report.data.kinds import Kind
from perfcompare.report.data.labels import stack_label
from perfcompare.report.data.ratios import Ratio
from perfcompare.report.data.report import Report
from perfcompare.report.data.rungs import Rung
from perfcompare.report.findings.choice import Choice, Step, choose
from perfcompare.report.findings.costs import Cost, Costs, Requirements, costs, total

LEAST_COVER: Final = 0.5
"""Of the traffic: with fewer valid figures nothing is recommended."""

TOO_FEW: Final = "This run has too few valid figures of Django and FastAPI for a recommendation."
NO_DJANGO: Final = "No recommendation: this run has no Django as it comes that is compared with FastAPI."


class Decision(StrEnum):
    """What to do."""

    STAY = "stay"
    SETTINGS = "stay and change these settings"
    LEVERS = "stay and apply these levers"
    REWRITE = "stay on Django and change the framework"
    MOVE = "move these endpoints"
    MIGRATE = "migrate"
    UNKNOWN = "no recommendation"


_ADVISED: Final = {
    Decision.SETTINGS: "Stay on Django and change settings",
    Decision.LEVERS: "Stay on Django, change settings and apply levers",
    Decision.REWRITE: "Stay on Django and change the framework",
}
GIVEN: Final[Mapping[Rung, str]] = {Rung.SETTINGS: "settings", Rung.LEVERS: "levers"}
"""What a rung is made of."""


@dataclass(frozen=True, kw_only=True)
class Saving:
    """What a step of a ladder gives over the scenarios in which the run has it: one lever, or several together."""

    lever: str
    scenarios: tuple[str, ...]
    cores: Interval
    proven: int
    """In how many of them its gain lies beyond the noise."""


@dataclass(frozen=True, kw_only=True)
class Advice:
    """The recommendation and everything that it rests on."""

    decision: Decision
    headline: str
    reasons: tuple[str, ...]
    changes: tuple[str, ...] = ()
    """The settings to change and the levers to apply."""
    moves: tuple[str, ...] = ()
    """The scenarios to move."""
    not_known: tuple[str, ...] = ()
    """What this run leaves open, and last of all what would tell."""
    would_change: tuple[str, ...] = ()
    costs: Costs
    savings: tuple[Saving, ...] = ()


def recommend(report: Report, requirements: Requirements) -> Advice:
    """What to do with this traffic; UNKNOWN when the run has too few valid figures for it."""
    path = rungs.path(report)
    current = path.rungs[Rung.PLAIN] if path else rungs.FIRST
    found = costs(report, requirements, current)
    now = found.cost_of(current)
    reference = next(iter(found.of(Kind.REFERENCE)), None)
    cover = sum(found.compared.values())
    if path is None or now is None or reference is None or cover < LEAST_COVER:
        stacks = [REFERENCE, current, *_alternatives(report.catalog, current).values()]
        return Advice(
            decision=Decision.UNKNOWN,
            headline=TOO_FEW if path else NO_DJANGO,
            reasons=(f"Valid figures of both cover {cover:.0%} of the traffic; {LEAST_COVER:.0%} is the least.",),
            not_known=(_command(stacks, [*found.compared, *found.left_out]),),
            costs=found,
        )
    known = {rung: cost for rung in GIVEN if (cost := found.cost_of(path.rungs.get(rung)))}
    choice = choose(found, now, reference, known, requirements.worth_cores)
    return _Words(report, requirements, found, choice).advice()


def _alternatives(catalog: Catalog, plain: str) -> Mapping[Rung, str]:
    """For each rung the first stack that there is for the views of `plain`."""
    return {rung: names[0] for rung in GIVEN if (names := rungs.registered(catalog, plain, rung))}


def _command(stacks: Sequence[str], scenarios: Sequence[str]) -> str:
    asked = f" --scenarios {','.join(scenarios)}" if scenarios else ""
    return f"To tell: manage.py perfcompare run --stacks {','.join(stacks)}{asked}"


@dataclass(frozen=True)
class _Words:
    """The choice in sentences."""

    report: Report
    requirements: Requirements
    found: Costs
    choice: Choice

    def advice(self) -> Advice:
        """All of it."""
        decision = self._decision()
        adopted = self.choice.adopted[-1].cheap.stack if self.choice.adopted else None
        decided = decision is not Decision.UNKNOWN
        return Advice(
            decision=decision,
            headline=self._headline(decision),
            reasons=(*self._reasons(), *self._latencies()),
            changes=self._changes(adopted) if adopted and decided else (),
            moves=self.choice.moves if decided else (),
            not_known=tuple(self._not_known()),
            would_change=tuple(self._would_change()),
            costs=self.found,
            savings=tuple(_savings(self.report, self.requirements, self.found.compared)),
        )

    def _changes(self, stack: str) -> tuple[str, ...]:
        catalog = self.report.catalog
        return (*rungs.settings(catalog, stack), *rungs.levers(catalog, stack))

    def _decision(self) -> Decision:
        choice = self.choice
        if choice.late or choice.undecided:
            return Decision.UNKNOWN
        if choice.moves:
            return Decision.MIGRATE if self.found.most(choice.moves) else Decision.MOVE
        if choice.rewrite in choice.adopted:
            return Decision.REWRITE
        if choice.levers in choice.adopted:
            return Decision.LEVERS
        return Decision.SETTINGS if choice.settings in choice.adopted else Decision.STAY

    def _headline(self, decision: Decision) -> str:
        if decision is Decision.UNKNOWN:
            return self._undecided()
        kept = self.choice.adopted[-1].cheap.label if self.choice.adopted else self.choice.now.label
        if decision in (Decision.MOVE, Decision.MIGRATE):
            said = self._moved(decision, kept)
        elif decision is Decision.STAY:
            counted = self.choice.open_to_moves
            said = f"Stay: no measured change saves enough{self._on(counted) if counted else ''}."
        else:
            said = f"{_ADVISED[decision]}: {kept}. {self._saved()}"
        return " ".join([said, *self._untold()])

    def _moved(self, decision: Decision, kept: str) -> str:
        choice = self.choice
        assert choice.moving is not None
        moved = replace(choice.moving, scenarios=choice.moves)
        said = f"Keep {kept} for the rest and move these endpoints to FastAPI: {', '.join(choice.moves)}."
        if decision is Decision.MIGRATE:
            said = f"Migrate to FastAPI: {_better(choice)} than the best of Django on most of these scenarios."
        saved = f"{formatting.number(moved.saved)} cores"
        return f"{said} That saves {saved} beyond the best of Django{self._on(choice.moves)}."

    def _saved(self) -> str:
        """What each adopted step saves, counted where both of its sides have valid figures."""
        choice = self.choice
        told = {"Settings": choice.settings, "Levers beyond those": choice.levers, "The other views": choice.rewrite}
        if choice.levers not in choice.adopted and choice.settings not in choice.adopted:
            del told["Settings"]
        return " ".join(
            f"{name} {_bare(step)}{self._on(step.scenarios)}."
            for name, step in told.items()
            if step and (step is choice.settings or step in choice.adopted)
        )

    def _untold(self) -> Iterator[str]:
        """What must stand beside a decision: that it says nothing of some scenarios."""
        if untold := self.choice.unknown:
            missing = ", ".join(GIVEN[rung] for rung in GIVEN if self._holes(rung))
            yield f"What {missing} or a move would save on {self._named(untold)} is not known."

    def _undecided(self) -> str:
        choice = self.choice
        missing = both([GIVEN[rung] for rung in GIVEN if self._holes(rung)] or ["Django"])
        if never := [name for name in choice.late if name in choice.open_to_moves]:
            if not any(cost.p99_ms.get(name) for cost in self._considered() for name in never):
                return f"This run has no latency on {self._named(never)}, so no recommendation for a p99 target."
            return (
                f"No measured stack keeps 99 of 100 answers within {self.requirements.p99_ms:g} ms on "
                f"{', '.join(never)}, so nothing is recommended."
            )
        if choice.late:
            return (
                f"{choice.now.label} is over {self.requirements.p99_ms:g} ms on {self._named(choice.late)}, and "
                f"whether {missing} would help there is not known: no recommendation yet."
            )
        return (
            f"No recommendation yet: enough could be saved on {self._named(choice.unknown)}, but what {missing} "
            "would save there is not known."
        )

    def _holes(self, rung: Rung) -> list[str]:
        """The compared scenarios in which a rung that this Django could be on has no valid figures."""
        if rung not in _alternatives(self.report.catalog, self.choice.now.stack):
            return []
        cost = self.choice.known.get(rung)
        return [name for name in self.choice.base if cost is None or name not in cost.by_scenario]

    def _reasons(self) -> Iterator[str]:
        choice, requirements = self.choice, self.requirements
        some = f", of which {self._cover(choice.base)} has valid figures," if self.found.left_out else ""
        taken = cores(choice.now.cores)
        yield f"{requirements.rate:,.0f} requests/s of this mix{some} take {taken} on {choice.now.label}."
        if choice.settings:
            names = ", ".join(rungs.settings(self.report.catalog, choice.settings.cheap.stack))
            yield f"Settings alone ({names}) {_said(choice.settings)}{self._on(choice.settings.scenarios)}."
        if choice.levers:
            where = self._on(choice.levers.scenarios)
            yield f"The levers of {choice.levers.cheap.label} {_said(choice.levers, than='settings')}{where}."
        if choice.rewrite:
            yield f"{choice.rewrite.cheap.label}, with other views, {_said(choice.rewrite, 's', than='those')}."
        if choice.moving:
            where = self._on(choice.moving.scenarios)
            said = _said(choice.moving, "s", than="the best of Django")
            yield f"{choice.moving.cheap.label} {said}{where}."
        yield f"A change counts as worth its work from {_cores(requirements.worth_cores)} saved."

    def _latencies(self) -> Iterator[str]:
        """Which of what was considered are over the target, each once."""
        if self.requirements.p99_ms is None:
            return
        for one in self._considered():
            if over := one.over:
                measured = ", ".join(f"{name} ({formatting.number(one.p99_ms[name])} ms)" for name in over)
                limit = f"over {self.requirements.p99_ms:g} ms at the 99th percentile"
                yield f"{one.label} is {limit} on {measured}: not recommended there."
            if silent := [name for name in one.slow if name not in over]:
                yield f"{one.label} has no latency on {', '.join(silent)}: not recommended there for a p99 target."
        yield (
            "Latency is that at equal load: 60 % of what the slowest stack can do."
            if self.report.equal_load
            else "Latency is that of this run, each server loaded as far as it goes; with fewer requests than it can "
            "answer it is shorter."
        )

    def _considered(self) -> Sequence[Cost]:
        return [self.choice.now, *self.choice.known.values(), self.choice.reference]

    def _not_known(self) -> Iterator[str]:
        choice, alternatives = self.choice, _alternatives(self.report.catalog, self.choice.now.stack)
        for rung in GIVEN:
            if holes := self._holes(rung):
                cost = choice.known.get(rung)
                name = cost.label if cost else stack_label(self.report.catalog, alternatives[rung])
                yield f"What {GIVEN[rung]} save on {self._named(holes)}: no valid figures of {name} there."
        untold = choice.unknown
        if untold:
            yield f"Whether {self._named(untold)} should move: only figures of settings and levers can tell."
        if self.found.left_out:
            left = self._named(list(self.found.left_out))
            yield f"Anything about {left}: no valid figures of both {choice.now.label} and {choice.reference.label}."
        if untold or self.found.left_out:
            stacks = [choice.reference.stack, choice.now.stack]
            stacks += [cost.stack if (cost := choice.known.get(rung)) else name for rung, name in alternatives.items()]
            yield _command(stacks, [*untold, *self.found.left_out])

    def _would_change(self) -> Iterator[str]:
        choice = self.choice
        for what, step in (
            ("changing settings", choice.settings),
            ("applying levers", choice.levers),
            ("moving to FastAPI", choice.moving),
        ):
            if step:
                yield from self._border(what, step)
        considered = [step.cheap for step in (choice.settings, choice.levers, choice.moving) if step]
        if not all(cost.sure for cost in (choice.now, *considered)):
            yield "There are too few rounds for intervals, so another run may decide otherwise."

    def _border(self, what: str, step: Step) -> Iterator[str]:
        """From which rate on the saving is worth it, and whether its interval reaches over that border."""
        where = self._on(step.scenarios)
        if step.saved <= 0:
            yield f"No rate makes {what} pay{where}: {step.cheap.label} costs at least as much as the alternative."
            return
        rate = self.requirements.rate * self.requirements.worth_cores / step.saved
        worth = _cores(self.requirements.worth_cores)
        yield f"The border for {what} is {rate:,.0f} requests/s{where}: below it, less than {worth} is saved."
        if step.interval.low < self.requirements.worth_cores <= step.interval.high:
            close = f"so {what} is a close call: measure more rounds"
            yield f"The interval of that saving crosses the border, {close}."

    def _cover(self, scenarios: Sequence[str]) -> str:
        return f"{sum({**self.found.compared, **self.found.left_out}[name] for name in scenarios):.0%}"

    def _on(self, scenarios: Sequence[str]) -> str:
        """What a claim covers."""
        share = self._share(scenarios)
        return f" on {share}" if share.startswith("all") else f" on {self._named(scenarios)}"

    def _named(self, scenarios: Sequence[str]) -> str:
        return f"{', '.join(scenarios)} ({self._share(scenarios)})"

    def _share(self, scenarios: Sequence[str]) -> str:
        whole = not self.found.left_out and set(scenarios) == set(self.found.compared)
        return "all of the traffic" if whole else f"{self._cover(scenarios)} of the traffic"


def _better(choice: Choice) -> str:
    """Why these endpoints move."""
    late = [name for name in choice.moves if name in choice.slow]
    if not late:
        return "cheaper"
    return "faster to answer" if len(late) == len(choice.moves) else "cheaper, or faster to answer,"


def _bare(step: Step) -> str:
    """`save 0.80 cores`, or `cost 0.10 cores more`."""
    amount = f"{formatting.number(abs(step.saved))} cores"
    return f"save {amount}" if step.saved >= 0 else f"cost {amount} more"


def _said(step: Step, ending: str = "", than: str = "") -> str:
    """The same with its bounds, and beside what; `ending` is that of the verb."""
    amount, found = formatting.number(abs(step.saved)), step.interval
    if step.saved >= 0:
        beyond = f" beyond {than}" if than else ""
        return f"save{ending} {amount} {formatting.interval(found)} cores{beyond}"
    more = f"more than {than}" if than else "more"
    return f"cost{ending} {amount} [{formatting.number(-found.high)}, {formatting.number(-found.low)}] cores {more}"


def _cores(number: float) -> str:
    return f"{number:g} core{'s' if number != 1 else ''}"


def cores(value: Interval) -> str:
    """`3.10 cores [2.90, 3.30]`."""
    return f"{formatting.number(value.middle)} cores {formatting.interval(value)}"


def _savings(report: Report, requirements: Requirements, mix: Mapping[str, float]) -> Iterator[Saving]:
    found: dict[str, list[tuple[str, Ratio, Interval]]] = {}
    for ladder in report.ladders:
        scenario = ladder.steps[0].cell.cell.scenario
        rate = mix.get(scenario, 0.0) * requirements.rate
        for before, step in pairwise(ladder.steps):
            cost = before.cell.figures.server_cpu_us
            if rate and cost and step.gain:
                saved = (scenario, step.gain, _kept(step.gain, cost * rate / 1e6))
                found.setdefault(f"{ladder.stack}: {step.label}", []).append(saved)
    for lever, parts in found.items():
        yield Saving(
            lever=lever,
            scenarios=tuple(scenario for scenario, _gain, _cores in parts),
            cores=total([saved for _scenario, _gain, saved in parts]),
            proven=sum(gain.verdict is Verdict.FASTER for _scenario, gain, _cores in parts),
        )


def _kept(gain: Ratio, before: float) -> Interval:
    """What a step saves of the cores that the valid step below it took."""
    low, high = (gain.interval.low, gain.interval.high) if gain.interval else (gain.value, gain.value)
    return Interval(low=before * (1 - high), middle=before * (1 - gain.value), high=before * (1 - low))
