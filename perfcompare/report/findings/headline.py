"""The answer at the top of a report: how far is Django, what closes the gap, what stays open, and what is not known.

Django as it comes, by settings alone and with levers are three claims. Each is made of valid figures only and says how
much of the traffic those cover; where there are none the answer is that nothing is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from perfcompare.core.statistics import Verdict, median
from perfcompare.report.data import formatting, rungs, traffic
from perfcompare.report.data.kinds import Kind
from perfcompare.report.data.ratios import Ratio
from perfcompare.report.data.report import Block, CellSummary, Report
from perfcompare.report.data.rungs import Path, Rung
from perfcompare.report.data.words import many

NEAR = 1.1
"""Up to this many times the reference's cost counts as closed where a comparison has no verdict."""
NAMED = 4
"""How many changes, and how many scenarios, are named in a sentence."""
UNKNOWN: Final = "not known"
ABSENT: Final[Mapping[Rung, str]] = {
    Rung.SETTINGS: "This run has no stack by settings alone, so the gain of settings is not known.",
    Rung.LEVERS: "This run has no stack with levers, so the gain of levers is not known.",
}
Mark = Callable[[str], str]


@dataclass(frozen=True, kw_only=True)
class Gap:
    """One scenario on the rungs that a run has."""

    block: Block
    cells: Mapping[Rung, CellSummary]
    """Those that were planned, with figures or without."""

    def ratio(self, rung: Rung) -> Ratio | None:
        """What a request costs on a rung, beside the reference; None where it is not known."""
        cell = self.cells.get(rung)
        return cell.cpu_ratio if cell else None

    @property
    def left(self) -> Ratio | None:
        """What it costs on the highest rung of which that is known."""
        return next((ratio for rung in reversed(Rung) if (ratio := self.ratio(rung))), None)

    @property
    def referenced(self) -> bool:
        """Whether the reference has valid figures here, without which nothing is compared."""
        return any(cell.reference and cell.figures.server_cpu_us for cell in self.block.cells)


def gaps(report: Report) -> tuple[Gap, ...]:
    """The scenarios of Django's path; none when the run has no plain Django or compares nothing of it."""
    path = rungs.path(report)
    found = tuple(_gaps(report, path)) if path else ()
    return found if any(gap.left for gap in found) else ()


def names(report: Report) -> Mapping[Rung, str]:
    """The rungs that the run has, with the stack and its server that stand for each."""
    path = rungs.path(report)
    return {rung: next(cell.name for cell in cells.values()) for rung, cells in path.cells.items()} if path else {}


def sentences(report: Report, mark: Mark = str) -> tuple[str, ...]:
    """The answer in a few sentences; none when there is nothing to compare."""
    path, found = rungs.path(report), gaps(report)
    return tuple(_Answer(report, path, found, mark).sentences()) if path and found else ()


def near(ratio: Ratio) -> bool:
    """Whether the cost is the reference's or less, as far as this run can tell."""
    return ratio.value <= NEAR if ratio.verdict is None else ratio.verdict is not Verdict.SLOWER


def listed(said: Sequence[str]) -> str:
    """All of it, or of much only the first, since all of it stands further down."""
    more = len(said) - NAMED
    return f"{', '.join(said[:NAMED])} and {more} more" if more > 1 else ", ".join(said)


def _gaps(report: Report, path: Path) -> Iterator[Gap]:
    for block in report.main_blocks:
        cells = {rung: cells[block.scenario] for rung, cells in path.cells.items() if block.scenario in cells}
        if cells:
            yield Gap(block=block, cells=cells)


Costs = Sequence[tuple[str, Ratio]]
"""Scenarios with what a request costs there, beside the reference."""


@dataclass(frozen=True)
class _Answer:
    report: Report
    path: Path
    gaps: tuple[Gap, ...]
    mark: Mark

    def sentences(self) -> Iterator[str]:
        yield from self._nothing_compared()
        yield from self._plain()
        yield from self._settings()
        yield from self._levers()
        yield from self._open()
        yield from self._cheapest()

    def _known(self, rung: Rung) -> Costs:
        return [(gap.block.scenario, ratio) for gap in self.gaps if (ratio := gap.ratio(rung))]

    def _nothing_compared(self) -> Iterator[str]:
        holes = [gap.block.scenario for gap in self.gaps if not gap.referenced]
        if holes:
            yield f"FastAPI has no valid figures on {self._named(holes)}, so nothing is compared there."

    def _plain(self) -> Iterator[str]:
        name = self.mark(self.path.label(Rung.PLAIN))
        if known := self._known(Rung.PLAIN):
            yield f"{name} as it comes costs {self._cost(known)}."
        yield from self._holes(Rung.PLAIN)

    def _settings(self) -> Iterator[str]:
        known = self._known(Rung.SETTINGS)
        if known:
            changes = listed(
                [self.mark(one) for one in rungs.settings(self.report.catalog, self.path.rungs[Rung.SETTINGS])]
            )
            name = self.mark(self.path.label(Rung.PLAIN))
            taken = self._taken()
            yield f"By settings alone ({changes}), {name} costs {self._cost(known, ranged=not taken)}.{taken}"
        yield from self._holes(Rung.SETTINGS)

    def _taken(self) -> str:
        """Scenario by scenario what the settings change, the largest change first."""
        both = [
            (gap.block.scenario, plain.value, settings.value)
            for gap in self.gaps
            if (plain := gap.ratio(Rung.PLAIN)) and (settings := gap.ratio(Rung.SETTINGS))
        ]
        both.sort(key=lambda one: one[2] / one[1] if one[1] else 1.0)
        steps = [
            f"{self.mark(scenario)} from {formatting.number(plain)}x to {formatting.number(settings)}x"
            for scenario, plain, settings in both
        ]
        return f" The settings take {listed(steps)}." if steps else ""

    def _levers(self) -> Iterator[str]:
        known = self._known(Rung.LEVERS)
        if known:
            stack = self.path.rungs[Rung.LEVERS]
            levers = [self.mark(one) for one in rungs.levers(self.report.catalog, stack)]
            count = many(len(levers), "lever")
            with_settings = "".join(f" and {self.mark(one)}" for one in rungs.settings(self.report.catalog, stack))
            name = self.mark(self.path.label(Rung.LEVERS))
            yield f"With {count} ({listed(levers)}){with_settings}, {name} costs {self._cost(known)}.{self._together()}"
        yield from self._holes(Rung.LEVERS)

    def _together(self) -> str:
        """Where a gain of levers is one of settings too, because nothing between the two is known."""
        untold = [gap.block.scenario for gap in self.gaps if gap.ratio(Rung.LEVERS) and not gap.ratio(Rung.SETTINGS)]
        if not untold:
            return ""
        where = "" if len(untold) == len(self._known(Rung.LEVERS)) else f" on {self._named(untold)}"
        return f" The part of settings alone in that gain is not known{where}."

    def _holes(self, rung: Rung) -> Iterator[str]:
        """What is not known about a rung, by name and scenario."""
        if rung not in self.path.rungs:
            yield ABSENT[rung]
            return
        name = self.mark(self.path.label(rung))
        holes = [gap.block.scenario for gap in self.gaps if gap.referenced and not gap.ratio(rung)]
        if not self._known(rung):
            yield f"{rung.capitalize()}: {UNKNOWN}. {name} has no valid figures beside FastAPI's in this run."
        elif holes:
            yield f"{rung.capitalize()}, {UNKNOWN} on {self._named(holes)}: {name} has no valid figures there."

    def _open(self) -> Iterator[str]:
        """What the highest rung of the run leaves."""
        top = next((rung for rung in (Rung.LEVERS, Rung.SETTINGS) if rung in self.path.rungs), None)
        known = self._known(top) if top else []
        if top is None or not known:
            return
        subject = f"{self.mark(self.path.label(top))} closes the gap{_threshold(known)}"
        kind = "compared" if len(known) == len(self.gaps) else "known"
        behind = sorted(((name, one) for name, one in known if not near(one)), key=lambda one: -one[1].value)
        if not behind:
            where = f"the one {kind} scenario" if len(known) == 1 else f"all of the {len(known)} {kind} scenarios"
            yield f"{subject} in {where}."
            return
        among = f"{len(known) - len(behind)} of {len(known)} {kind} scenario{'s' if len(known) != 1 else ''}"
        dearer = [f"{self.mark(name)} {formatting.ratio(ratio)}" for name, ratio in behind]
        yield f"{subject} in {among}. Still dearer than FastAPI: {listed(dearer)}."

    def _cheapest(self) -> Iterator[str]:
        """The cheapest Django of all, where it has other views and figures wherever the answer has some."""
        left = {gap.block.scenario: gap.left.value for gap in self.gaps if gap.left}
        middles: dict[str, float] = {}
        for stack, cells in rungs.contenders(self.report).items():
            known = rungs.comparable(cells)
            django = next(iter(cells.values())).kind in (Kind.PLAIN, Kind.SETTINGS, Kind.TUNED)
            if django and stack not in self.path.rungs.values() and left.keys() <= known.keys():
                middles[next(iter(known.values())).stack] = median(
                    [ratio.value for name in left if (ratio := known[name].cpu_ratio)]
                )
        name = min(middles, key=lambda one: middles[one], default=None)
        if name is not None and middles[name] < median(list(left.values())):
            middle = f"{formatting.number(middles[name])}x in the median of {many(len(left), 'scenario')}"
            yield f"The cheapest Django measured there is {self.mark(name)}: {middle}."

    def _cost(self, known: Costs, *, ranged: bool = True) -> str:
        """`3.00x FastAPI's CPU per request` with what it is a median of, and how much of the traffic that covers.

        `ranged`: with the least and the most, for what does not name the scenarios anyway.
        """
        whole = len(known) == len(self.gaps)
        covered = traffic.coverage([name for name, _ratio in known], traffic.weighted_mix(self.report))
        if len(known) == 1:
            (name, ratio), more = known[0], f" ({covered})" if covered and not (whole and len(self.gaps) == 1) else ""
            return f"{formatting.ratio(ratio)} FastAPI's CPU per request on {self.mark(name)}{more}"
        (least, low), (most, high) = (pick(known, key=lambda one: one[1].value) for pick in (min, max))
        of = many(len(known), "scenario") if whole else f"{len(known)} of {many(len(self.gaps), 'scenario')}"
        span = f"; from {formatting.ratio(low)} on {self.mark(least)} to {formatting.ratio(high)} on {self.mark(most)}"
        return (
            f"{formatting.number(median([ratio.value for _name, ratio in known]))}x FastAPI's CPU per request "
            f"(median of {', '.join(part for part in (of, covered) if part)}{span if ranged else ''})"
        )

    def _named(self, scenarios: Sequence[str]) -> str:
        """`simple, user_detail (83% of the traffic)`."""
        covered = traffic.coverage(scenarios, traffic.weighted_mix(self.report))
        return listed([self.mark(name) for name in scenarios]) + (f" ({covered})" if covered else "")


def _threshold(known: Costs) -> str:
    """What counts as closed: see `near`."""
    limits = {f"{NEAR - 1:.0%}" if ratio.verdict is None else "this run's noise" for _scenario, ratio in known}
    return f" to within {' or '.join(sorted(limits))}"
