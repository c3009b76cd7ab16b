"""How the gap of each stack went from run to run: read straight from the columns, so that many runs cost little."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from perfcompare.core.objection import Figure
from perfcompare.core.statistics import median
from perfcompare.core.target import REFERENCE, Catalog
from perfcompare.models import Measurement, Run
from perfcompare.report.data import formatting
from perfcompare.report.data.kinds import STUDIED, kind
from perfcompare.targets._registry import catalog_of


@dataclass(frozen=True, kw_only=True)
class Gap:
    """What a stack costs in one run."""

    ratio: float
    """Median over the scenarios and rounds that are valid with the reference."""
    scenarios: int
    """In how many scenarios there are such rounds."""
    of: int
    """In how many the reference has valid figures: a median over fewer is one of other work."""

    def __str__(self) -> str:
        cover = f" in {self.scenarios} of {self.of} scenarios" if self.scenarios < self.of else ""
        return f"{formatting.number(self.ratio)}x{cover}"


PlannedTrial = tuple[int, str, int, int]
"""Run, scenario, concurrency, round: trials with the same ones can be compared."""


def gaps(runs: Mapping[int, Run]) -> Mapping[int, Mapping[str, Gap]]:
    """The gap of every stack in each of the runs that hold the reference and something beside it."""
    catalogs = {number: catalog_of(run.target) for number, run in runs.items()}
    return _gaps(_costs(runs), catalogs)


def _costs(runs: Iterable[int]) -> Mapping[PlannedTrial, Mapping[str, float]]:
    """The cheapest server of each stack in each trial."""
    columns = ("objections", "run_id", "scenario", "concurrency", "round", "stack", "server_cpu_us")
    known = Measurement.objects.filter(run__in=runs, server_cpu_us__gt=0, error="", withdrawn="", share=0).order_by()
    found: dict[PlannedTrial, dict[str, float]] = defaultdict(dict)
    for objections, run, scenario, concurrency, number, stack, cost in known.values_list(*columns):
        if any(Figure.COST in one["figures"] for one in objections):
            continue
        trial = found[run, scenario, concurrency, number]
        trial[stack] = min(cost, trial.get(stack, cost))
    return found


def _gaps(
    costs: Mapping[PlannedTrial, Mapping[str, float]], catalogs: Mapping[int, Catalog]
) -> Mapping[int, Mapping[str, Gap]]:
    """For each run the gap of each stack over all its scenarios and rounds."""
    ratios: dict[int, dict[str, list[tuple[str, float]]]] = defaultdict(lambda: defaultdict(list))
    compared: dict[int, set[str]] = defaultdict(set)
    for (run, scenario, *_), by_stack in costs.items():
        if REFERENCE in by_stack:
            compared[run].add(scenario)
        for stack, ratio in _ratios(catalogs[run], by_stack):
            ratios[run][stack].append((scenario, ratio))
    return {run: {stack: _gap(found, len(compared[run])) for stack, found in by.items()} for run, by in ratios.items()}


def _gap(found: Sequence[tuple[str, float]], of: int) -> Gap:
    middle = median([ratio for _scenario, ratio in found])
    return Gap(ratio=middle, scenarios=len({scenario for scenario, _ratio in found}), of=of)


def _ratios(catalog: Catalog, by_stack: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    reference = by_stack.get(REFERENCE)
    for stack, cost in by_stack.items():
        if reference and stack != REFERENCE and kind(catalog, stack) not in STUDIED:
            yield stack, cost / reference
