"""What a traffic mix costs on each stack, from the valid cells of a run."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from perfcompare.core.http import NOTHING
from perfcompare.core.measurement import Anchor, Cell
from perfcompare.core.statistics import Interval
from perfcompare.core.target import Catalog
from perfcompare.report.data.formatting import KIB_PER_MIB
from perfcompare.report.data.kinds import Kind
from perfcompare.report.data.report import CellSummary, Report
from perfcompare.report.data.rungs import Cells, comparable, contenders


@dataclass(frozen=True, kw_only=True)
class Requirements:
    """The traffic to serve, and what counts as worthwhile."""

    mix: Mapping[str, float]
    """Scenario to its share of the requests; any positive numbers, they are scaled to add up to 1."""
    rate: float
    """Requests per second."""
    worth_cores: float = 1.0
    """How many processor cores a change must save before it is worth the work."""
    p99_ms: float | None = None
    """What 99 of 100 answers must come within; None for no such target."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """One stack serving the mix."""

    stack: str
    label: str
    kind: Kind
    cores: Interval
    """Processor cores of the server, with the interval that follows from those of the ratios."""
    by_scenario: Mapping[str, Interval]
    """Of the compared scenarios, those in which it has valid figures."""
    memory_mib: float | None
    """The largest PSS over the scenarios, of as many workers as the run had."""
    sure: bool
    """Whether each of them has an interval."""
    p99_ms: Mapping[str, float | None] = field(default_factory=lambda: NOTHING)
    """Scenario to the 99th percentile that was measured there."""
    slow: tuple[str, ...] = ()
    """The scenarios in which that is over the target, or not known."""

    @property
    def over(self) -> tuple[str, ...]:
        """Those of `slow` whose latency is known."""
        return tuple(name for name in self.slow if self.p99_ms[name] is not None)


@dataclass(frozen=True, kw_only=True)
class Costs:
    """Every stack with valid figures of the traffic."""

    catalog: Catalog
    stacks: tuple[Cost, ...]
    """Those that have some for all scenarios that are compared, the cheapest first."""
    partly: tuple[Cost, ...]
    """Those that have some for a part of them only: their sums are of that part, and beside no other's."""
    unknown: Mapping[str, tuple[str, ...]]
    """Label of a stack of the run to the compared scenarios in which it has none."""
    compared: Mapping[str, float]
    """The scenarios that count, with their shares of the whole mix."""
    left_out: Mapping[str, float]
    """The scenarios of the mix without a valid figure of plain Django or of the reference."""

    def of(self, *kinds: Kind) -> tuple[Cost, ...]:
        """Those of the kinds, the cheapest first."""
        return tuple(cost for cost in self.stacks if cost.kind in kinds)

    def most(self, scenarios: Collection[str]) -> bool:
        """Whether these are more than half of the scenarios of the mix, with valid figures or without."""
        return len(scenarios) * 2 > len(self.compared) + len(self.left_out)

    def cost_of(self, stack: str | None) -> Cost | None:
        """What that stack costs, whole or in part."""
        return next((cost for cost in (*self.stacks, *self.partly) if cost.stack == stack), None)


def costs(report: Report, requirements: Requirements, current: str) -> Costs:
    """What the mix costs; `current` is the stack that serves it now."""
    cells = _cells(report)
    total = sum(share for share in requirements.mix.values() if share > 0)
    mix = {name: share / total for name, share in requirements.mix.items() if share > 0}
    needed = [current, *(stack for stack, by in cells.items() if _kind(by) is Kind.REFERENCE)]
    compared = {
        name: share for name, share in mix.items() if all(name in _valid(cells.get(stack, {})) for stack in needed)
    }
    holes = {stack: tuple(name for name in compared if name not in _valid(by)) for stack, by in cells.items()}
    latencies = _latencies(report)
    known = {
        stack: _cost(_valid(by), compared, requirements, latencies)
        for stack, by in cells.items()
        if compared.keys() & _valid(by)
    }
    whole = [cost for stack, cost in known.items() if not holes[stack]]
    return Costs(
        catalog=report.catalog,
        stacks=tuple(sorted(whole, key=lambda cost: cost.cores.middle)),
        partly=tuple(cost for stack, cost in known.items() if holes[stack]),
        unknown={next(iter(cells[stack].values())).name: names for stack, names in holes.items() if names},
        compared=compared,
        left_out={name: share for name, share in mix.items() if name not in compared},
    )


def _cells(report: Report) -> Mapping[str, Cells]:
    """For each stack its judged cell of each scenario; no framework at all serves no traffic."""
    return {stack: by for stack, by in contenders(report).items() if _kind(by) is not Kind.FLOOR}


def _valid(cells: Cells) -> Cells:
    """Those with a cost that can be compared with the reference's."""
    return {name: cell for name, cell in comparable(cells).items() if cell.figures.server_cpu_us}


def _kind(cells: Cells) -> Kind:
    return next(iter(cells.values())).kind


def _latencies(report: Report) -> Mapping[Cell, float | None]:
    """The 99th percentile of each cell at equal load, where that was measured; else in the closed loop."""
    closed = {cell.cell: cell.figures.p99_ms for cell in report.cells}
    at_equal_load = [block for block in report.equal_load if block.anchor == Anchor.SLOWEST]
    return closed | {cell.cell.plain: cell.figures.p99_ms for block in at_equal_load for cell in block.cells}


def _cost(
    cells: Cells, compared: Mapping[str, float], requirements: Requirements, latencies: Mapping[Cell, float | None]
) -> Cost:
    mix = {name: share for name, share in compared.items() if name in cells}
    by_scenario = {name: _cores(cells[name], share * requirements.rate) for name, share in mix.items()}
    one = next(iter(cells.values()))
    p99_ms = {name: latencies.get(cells[name].cell) for name in mix}
    peaks = [peak for name in mix if (peak := cells[name].figures.pss_peak_kib) is not None]
    return Cost(
        stack=one.cell.stack,
        label=one.name,
        kind=one.kind,
        cores=total(by_scenario.values()),
        by_scenario=by_scenario,
        memory_mib=max(peaks) / KIB_PER_MIB if peaks else None,
        sure=all(_spread(cells[name]) for name in mix),
        p99_ms=p99_ms,
        slow=tuple(name for name in mix if _slow(p99_ms[name], requirements.p99_ms)),
    )


def _slow(measured_ms: float | None, target_ms: float | None) -> bool:
    return target_ms is not None and (measured_ms is None or measured_ms > target_ms)


def total(parts: Collection[Interval]) -> Interval:
    """The sum; its interval is as wide as if all were wrong in the same direction."""
    return Interval(
        low=sum(part.low for part in parts),
        middle=sum(part.middle for part in parts),
        high=sum(part.high for part in parts),
    )


def _cores(cell: CellSummary, rate: float) -> Interval:
    """Requests per second times CPU seconds per request; the interval is that of the ratio, scaled to the figure."""
    middle = (cell.figures.server_cpu_us or 0.0) * rate / 1e6
    low, high = _spread(cell) or (1.0, 1.0)
    return Interval(low=middle * low, middle=middle, high=middle * high)


def _spread(cell: CellSummary) -> tuple[float, float] | None:
    """How far the interval reaches, as shares of the middle; the reference is what the ratios are made with."""
    if cell.reference:
        return 1.0, 1.0
    ratio = cell.cpu_ratio
    if ratio is None or ratio.interval is None or not ratio.value:
        return None
    return ratio.interval.low / ratio.value, ratio.interval.high / ratio.value
