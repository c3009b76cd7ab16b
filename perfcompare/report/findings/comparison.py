"""Comparison of two runs: how their machines differ, and what became faster or slower."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from perfcompare.core.measurement import Cell
from perfcompare.core.objection import Figure
from perfcompare.core.statistics import Interval, Verdict, judge, median, quotient_interval
from perfcompare.core.target import REFERENCE, Catalog
from perfcompare.models import Run
from perfcompare.report.data import noise
from perfcompare.report.data.kinds import judged_server
from perfcompare.report.data.ratios import trials
from perfcompare.targets._registry import catalog_of

MACHINE: Final = ("cpu_model", "cores", "governor", "kernel", "postgresql", "redis", "pinning", "limits")
"""Facts of an environment that make figures of two runs incomparable; the others are what one may want to compare."""
METHOD: Final = ("generator", "seconds", "warmup_s", "workers", "threads", "users", "interleaved")
"""Options that do the same."""
SENDING: Final = ("file", "scenarios", "users", "processes", "expect_workers", "further")
"""What a run of Locust was told of whom to send what, how often: a journey is named by its file alone, so that two of
one name may ask other things. `further` holds the options behind `--`, which shapes, rates and think times are."""
SOFTWARE: Final = ("python", "packages", "commit", "dirty")


@dataclass(frozen=True, kw_only=True)
class Change:
    """One cell in both runs, by its CPU time per request."""

    cell: Cell
    before: float
    """Microseconds; times the reference's cost when `relative`; so is `after`."""
    after: float
    relative: bool
    """Whether both are ratios to the reference of their own run and round, from which the machine's mood is gone."""
    interval: Interval | None
    """Of after / before; None with too few valid rounds."""
    verdict: Verdict | None

    @property
    def ratio(self) -> float:
        """1.1: a request costs a tenth more than before."""
        return self.after / self.before

    @property
    def unit(self) -> str:
        """The unit of `before` and `after`."""
        return "x FastAPI" if self.relative else "µs"


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What two runs say together."""

    unlike: tuple[str, ...]
    """What differs between the machines or the methods, in a few words each."""
    software: tuple[str, ...]
    """What differs in the software, likewise."""
    floor: float
    """A change smaller than this is none."""
    changes: tuple[Change, ...]
    """Dearer ones first."""
    missing: tuple[Cell, ...]
    """Cells with valid figures before and none after."""


def compare(before: Run, after: Run, *, tolerance: float = 0.0) -> Comparison:
    """The cells of both runs; a change counts beyond `tolerance`, and beyond the larger noise floor of the two."""
    one, other = _costs(before), _costs(after)
    catalog = catalog_of(after.target)
    floor = max([tolerance, *(found for found in (_floor(before), _floor(after)) if found is not None)])
    changes = [_change(catalog, cell, one, other, floor, after.seed) for cell in one if cell in other]
    return Comparison(
        unlike=tuple(_unlike(before, after)),
        software=tuple(_differences(_chosen(before, SOFTWARE), _chosen(after, SOFTWARE))),
        floor=floor,
        changes=tuple(sorted(changes, key=lambda change: change.ratio, reverse=True)),
        missing=tuple(cell for cell in one if cell not in other),
    )


Costs = Mapping[Cell, Mapping[int, float]]
"""CPU microseconds per request by cell and round."""


def _costs(run: Run) -> Costs:
    found: dict[Cell, dict[int, float]] = defaultdict(dict)
    for row in run.judged():
        if row.usable(Figure.COST) and row.server_cpu_us and row.cell == row.cell.plain and not noise.is_twin(row.cell):
            found[row.cell][row.round] = row.server_cpu_us
    return found


def _floor(run: Run) -> float | None:
    return noise.floors(trials(run.judged())).cpu


def _change(catalog: Catalog, cell: Cell, before: Costs, after: Costs, floor: float, seed: int) -> Change:
    pair = _beside_reference(catalog, cell, before), _beside_reference(catalog, cell, after)
    relative = all(pair)
    one, other = pair if relative else (list(before[cell].values()), list(after[cell].values()))
    interval = quotient_interval(other, one, seed=seed)
    return Change(
        cell=cell,
        before=median(one),
        after=median(other),
        relative=relative,
        interval=interval,
        verdict=judge(interval, floor=floor, rounds=min(len(one), len(other)), dear=True),
    )


def _beside_reference(catalog: Catalog, cell: Cell, costs: Costs) -> list[float]:
    """The cell's cost divided by the reference's of the same round; empty for the reference and without it."""
    anchor = replace(cell, stack=REFERENCE, server=judged_server(catalog, REFERENCE, costs) or "")
    if anchor == cell:
        return []
    by_round = costs.get(anchor, {})
    return [cost / by_round[number] for number, cost in costs[cell].items() if number in by_round]


def _unlike(before: Run, after: Run) -> Iterator[str]:
    yield from _differences(_chosen(before, MACHINE), _chosen(after, MACHINE))
    yield from _differences(_method(before), _method(after))


def _method(run: Run) -> dict[str, Any]:
    """How the run was measured."""
    told = run.options.get("locust") or {}
    return {
        **{name: run.options.get(name) or None for name in METHOD},
        "locust": {name: told.get(name) for name in SENDING},
    }


def _chosen(run: Run, names: Sequence[str]) -> dict[str, Any]:
    return {name: run.environment.facts.get(name) for name in names}


def _differences(one: Mapping[str, Any], other: Mapping[str, Any], where: str = "") -> Iterator[str]:
    for name in dict.fromkeys([*one, *other]):
        left, right = one.get(name), other.get(name)
        if isinstance(left, dict) and isinstance(right, dict):
            yield from _differences(left, right, f"{where}{name}.")
        elif left != right:
            yield f"{where}{name}: {left} before, {right} after"
