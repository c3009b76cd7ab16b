"""The choice of changes for a traffic, in order of effort: settings, levers, another framework, moving to FastAPI.

Every comparison is made over the scenarios in which both of its sides have valid figures, and says which those are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from perfcompare.core.statistics import Interval
from perfcompare.report.data import rungs
from perfcompare.report.data.kinds import Kind
from perfcompare.report.data.rungs import Rung
from perfcompare.report.findings.costs import Cost, Costs, total

MOST: Final = 0.8
"""Moving some endpoints is advised when it saves this share of what moving all of them would."""
Using = Mapping[str, Cost]
"""For each scenario the stack that serves it."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """What one stack saves beside others, over the scenarios in which all of them have valid figures."""

    cheap: Cost
    dear: Using
    scenarios: tuple[str, ...]

    @property
    def saved(self) -> float:
        """Cores; below 0 where it costs more."""
        return self._before.middle - self._after.middle

    @property
    def interval(self) -> Interval:
        """The same with its bounds."""
        before, after = self._before, self._after
        return Interval(low=before.low - after.high, middle=self.saved, high=before.high - after.low)

    @property
    def _before(self) -> Interval:
        return total([self.dear[name].by_scenario[name] for name in self.scenarios])

    @property
    def _after(self) -> Interval:
        return total([self.cheap.by_scenario[name] for name in self.scenarios])

    def helps(self, using: Using, worth: float) -> bool:
        """Whether to take it: it misses the latency target in fewer scenarios, or in no more and saves enough."""
        late = sum(name in using[name].slow for name in self.scenarios)
        still = sum(name in self.cheap.slow for name in self.scenarios)
        return still < late or (still == late and self.saved >= worth)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What was considered, and what of it is worth its work."""

    now: Cost
    """The Django that serves the traffic now."""
    reference: Cost
    known: Mapping[Rung, Cost]
    """What the same views cost on the other rungs, where that is known."""
    base: tuple[str, ...]
    """The scenarios with valid figures of both."""
    open_to_moves: tuple[str, ...]
    """Those in which settings and levers have valid figures too, so far as there are any for these views."""
    settings: Step | None
    """Beside Django as it comes."""
    levers: Step | None
    """Beyond settings."""
    rewrite: Step | None
    """The cheapest Django of other views, beyond both; only where that is known of most scenarios."""
    moving: Step | None
    """Beyond the best of Django."""
    adopted: tuple[Step, ...]
    moves: tuple[str, ...]
    slow: tuple[str, ...]
    """Scenarios in which every Django that is considered was measured to miss the latency target."""
    late: tuple[str, ...]
    """Scenarios that are over it after all that."""
    undecided: bool
    """Whether nothing is worth its work by what is known, and what is not known could be."""

    @property
    def unknown(self) -> tuple[str, ...]:
        """The scenarios in which settings or levers are not known."""
        return tuple(name for name in self.base if name not in self.open_to_moves)


def choose(found: Costs, now: Cost, reference: Cost, known: Mapping[Rung, Cost], worth: float) -> Choice:
    """The changes that are worth their work: each must save `worth` cores."""
    using: dict[str, Cost] = dict.fromkeys(now.by_scenario, now)
    adopted: list[Step] = []

    def take(step: Step | None) -> Step | None:
        if step and step.helps(using, worth):
            using.update(dict.fromkeys(step.scenarios, step.cheap))
            adopted.append(step)
        return step

    base = tuple(using)
    needed = [
        known.get(rung) for rung in (Rung.SETTINGS, Rung.LEVERS) if rungs.registered(found.catalog, now.stack, rung)
    ]
    open_to_moves = tuple(name for name in base if all(one and name in one.by_scenario for one in needed))
    by_settings, by_levers = known.get(Rung.SETTINGS), known.get(Rung.LEVERS)
    settings = take(_step(by_settings, dict.fromkeys(base, now)) if by_settings else None)
    levers = take(_step(by_levers, _without_levers(found, now, known, base)) if by_levers else None)
    best = {name: _cheapest([now, *known.values(), using[name]], name) for name in open_to_moves}
    rewrite = take(_rewrite(found, now, best) if found.most(open_to_moves) else None)
    best = {name: _cheapest([best[name], using[name]], name) for name in best}
    moving = _step(reference, best)
    slow = tuple(name for name in best if all(name in one.over for one in (now, *known.values(), using[name])))
    moves = tuple(_moves(moving, slow, worth)) if moving else ()
    left = [name for name in base if name not in open_to_moves]
    return Choice(
        now=now,
        reference=reference,
        known=known,
        base=base,
        open_to_moves=open_to_moves,
        settings=settings,
        levers=levers,
        rewrite=rewrite,
        moving=moving,
        adopted=tuple(adopted),
        moves=moves,
        slow=slow,
        late=tuple(name for name in base if name in using[name].slow and name not in moves),
        undecided=not adopted and not moves and _possible(left, now, [reference, *known.values()]) >= worth,
    )


def _step(cheap: Cost, dear: Using) -> Step | None:
    """None where no scenario has figures of both."""
    scenarios = tuple(name for name in dear if name in cheap.by_scenario)
    return Step(cheap=cheap, dear=dear, scenarios=scenarios) if scenarios else None


def _without_levers(found: Costs, now: Cost, known: Mapping[Rung, Cost], base: Sequence[str]) -> Using:
    """What levers are counted beyond: settings, where they are known; where there are none for these views, nothing."""
    if not rungs.registered(found.catalog, now.stack, Rung.SETTINGS):
        return dict.fromkeys(base, now)
    settings = known.get(Rung.SETTINGS)
    return {name: _cheapest([now, settings], name) for name in settings.by_scenario} if settings else {}


def _cheapest(candidates: Sequence[Cost], name: str) -> Cost:
    return min((one for one in candidates if name in one.by_scenario), key=lambda one: one.by_scenario[name].middle)


def _rewrite(found: Costs, now: Cost, best: Using) -> Step | None:
    """The Django of other views that misses the latency target least often, of those the cheapest."""
    others = [
        one
        for one in found.of(Kind.PLAIN, Kind.SETTINGS, Kind.TUNED)
        if rungs.views(found.catalog, one.stack) != rungs.views(found.catalog, now.stack)
    ]
    cheap = min(others, key=lambda one: (len(one.slow), one.cores.middle), default=None)
    return _step(cheap, best) if cheap else None


def _moves(moving: Step, slow: Sequence[str], worth: float) -> Iterator[str]:
    """The fewest scenarios whose move gives most of what moving all would; none when that is little.

    A scenario in which only the reference keeps the latency target moves in any case, one in which it does not, never.
    """
    gains = {
        name: moving.dear[name].by_scenario[name].middle - moving.cheap.by_scenario[name].middle
        for name in moving.scenarios
        if name not in moving.cheap.slow
    }
    chosen = [name for name in gains if name in slow]
    whole = sum(gain for gain in gains.values() if gain > 0)
    if sum(gains.values()) >= worth:
        for name in sorted(gains, key=lambda name: gains[name], reverse=True):
            if sum(gains[one] for one in chosen) >= MOST * whole:
                break
            if name not in chosen:
                chosen.append(name)
    yield from chosen


def _possible(scenarios: Sequence[str], now: Cost, others: Sequence[Cost]) -> float:
    """What the cheapest known stack would save there, at any effort."""
    return sum(
        now.by_scenario[name].middle - _cheapest([now, *others], name).by_scenario[name].middle for name in scenarios
    )
