"""What became dearer since earlier results.

Processor time is compared as a multiple of that of the bare server, so that another machine does not matter. Both were
measured for the same request in the same turns: a machine whose speed varies by a quarter from minute to minute varies
for both. Other programs slow a project more than the bare server, because all compete for the processor's caches. So
processor time is not judged where others were at work. Statements and bytes of a request are compared exactly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import geometric_mean
from typing import Final

from perfcompare.core.statistics import MIN_ROUNDS, Interval, Verdict, judge, quotient_interval
from perfcompare.project.forecast.application import BARE
from perfcompare.project.target import AS_IS, ITS_TWIN
from perfcompare.project.trying.figures import SEED, Figures
from perfcompare.project.trying.results import Counted, Results

WAY_OUT: Final = "Measure again while nothing else works, or judge all the same with --any-load."
UNSURE: Final = 0.3
"""An interval that does not exclude so much more says nothing."""
NOT_JUDGED: Final = "not judged"
MACHINE: Final = "the machine"
"""Stands for a request where it is not fit for measuring."""
BASELINE: Final = "the baseline"
"""The same where nothing can be compared with it."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """One request, before and now."""

    request: str
    failures: tuple[str, ...] = ()
    """What became dearer, in sentences."""
    notes: tuple[str, ...] = ()
    """What became cheaper, and what cannot be judged."""
    cost: Interval | None = None
    """The cost now divided by that before; None when it is not known."""
    dearer: bool = False
    """Whether the processor time is a reason to fail."""
    unsure: bool = False
    """Whether the processor time may have risen by UNSURE and nobody could tell."""

    @property
    def result(self) -> str:
        """In a word or two: what was not judged has not passed."""
        if self.failures:
            return "failed"
        return NOT_JUDGED if self.cost is None or self.unsure else "passed"


def changes(before: Results, now: Results, *, tolerance: float, any_load: bool = False) -> list[Change]:
    """Every request of the earlier results that was measured then. A cost counts beyond noise and `tolerance`.

    Unless it may be under `any_load`, no cost is judged where other programs were at work now, and the machine fails.
    """
    known = [one.name for one in before.requests if not one.hole]
    ones, others = Figures(now), Figures(before)
    disturbance = "" if any_load else now.disturbance
    found = [_change(name, ones, others, tolerance, judged=not disturbance) for name in known]
    if disturbance:
        found.append(Change(request=MACHINE, failures=(f"{disturbance} So no processor time is judged. {WAY_OUT}",)))
    elif found and all(one.cost is None and not one.failures for one in found):
        found.append(Change(request=BASELINE, failures=("No processor time can be compared with it. Take another.",)))
    return found


def _change(name: str, ones: Figures, others: Figures, tolerance: float, *, judged: bool) -> Change:
    now, before = ones.results, others.results
    asked = next((one for one in now.requests if one.name == name), None)
    if asked is None or asked.hole:
        reason = asked.hole if asked else "It is not in perfcompare.toml."
        return Change(request=name, failures=(f"It is not measured now. {reason}",))
    exact = [*_exact(before.works(AS_IS).get(name), now.works(AS_IS).get(name), stable=not asked.unstable)]
    multiples = [_multiples(figures, name) for figures in (ones, others)]
    cost = quotient_interval(*multiples, seed=SEED) if judged else None
    floors = [one for figures in (ones, others) if (one := figures.noise(name)) is not None]
    # The longer series decides: few rounds before already widen the interval, and what seems dearer is measured again.
    floor = max([tolerance, *floors])
    verdict = judge(cost, floor=floor, rounds=max(map(len, multiples)), dear=True)
    unsure = cost is not None and verdict is not Verdict.SLOWER and cost.high > 1 + max(UNSURE, floor)
    failures, notes = [said for dearer, said in exact if dearer], [said for dearer, said in exact if not dearer]
    if not judged:
        notes.append("Its processor time was not judged.")
    elif cost is None:
        if len(multiples[1]) >= MIN_ROUNDS:
            failures.append(f"Its processor time is no longer measured. {ones.trouble(AS_IS, name)}")
        else:
            notes.append("Its processor time cannot be compared: before, fewer than three rounds had it beside `bare`.")
    elif verdict is Verdict.SLOWER:
        failures.append(f"Its processor time is {cost.middle:.2f} times [{cost.low:.2f}, {cost.high:.2f}] that before.")
    elif unsure or verdict is Verdict.FASTER:
        doubt = ": too uncertain to judge" if unsure else ""
        notes.append(
            f"Its processor time is {cost.middle:.2f} times [{cost.low:.2f}, {cost.high:.2f}] that before{doubt}."
        )
    return Change(
        request=name,
        failures=tuple(failures),
        notes=tuple(notes),
        cost=cost,
        dearer=verdict is Verdict.SLOWER,
        unsure=unsure,
    )


def _multiples(figures: Figures, request: str) -> Sequence[float]:
    """In each round, the cost as a multiple of the bare server's. The twin is the same thing, measured once more."""
    costs = figures.costs
    bare, twin = costs.get((BARE, request), {}), costs.get((ITS_TWIN, request), {})
    return [
        geometric_mean([cost, twin.get(number, cost)]) / bare[number]
        for number, cost in costs.get((AS_IS, request), {}).items()
        if number in bare
    ]


def _exact(before: Counted | None, now: Counted | None, *, stable: bool) -> Iterator[tuple[bool, str]]:
    """Whether it is dearer, and a sentence."""
    if before is None or now is None or before.on_the_way != now.on_the_way:
        yield False, "Its statements were not counted both times in the same way."
        return
    if before.statements != now.statements:
        yield now.statements > before.statements, f"{now.statements:g} statements instead of {before.statements:g}."
    if stable and before.body_bytes != now.body_bytes:
        yield now.body_bytes > before.body_bytes, f"{now.body_bytes:g} bytes instead of {before.body_bytes:g}."
