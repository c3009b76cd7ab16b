"""How the gap of each stack went from run to run: read straight from the columns, so that many runs cost little."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.safestring import SafeString

from perfcompare.core.objection import Figure
from perfcompare.core.statistics import median
from perfcompare.models import Measurement, Run
from perfcompare.report import charts, words
from perfcompare.report.charts import Line
from perfcompare.report.collect import stack_label
from perfcompare.report.kinds import REFERENCE, STUDIED, kind

LAST = 50
"""How many runs are drawn."""

Visit = tuple[int, str, int, int]
"""Run, scenario, concurrency, round: visits with the same ones can be compared."""


@dataclass(frozen=True, kw_only=True)
class History:
    """The gap of every stack over the runs."""

    drawing: SafeString
    stacks: tuple[str, ...]
    rows: tuple[tuple[Run, tuple[str, ...]], ...]
    """For each run, oldest first, the gap of every stack."""


def of() -> History | None:
    """The last runs that hold the reference; None with fewer than two."""
    runs = {run.pk: run for run in Run.objects.order_by("-started_at", "-id")[:LAST]}
    gaps = _gaps(_costs(list(runs)))
    numbers = sorted(gaps)
    if len(numbers) < 2:
        return None
    names = sorted({name for found in gaps.values() for name in found})
    lines = [
        Line(points=tuple((float(number), gaps[number][name]) if name in gaps[number] else None for number in numbers))
        for name in names
    ]
    return History(
        drawing=charts.lines(
            "CPU per request beside FastAPI, run by run", lines, across="run", up="x FastAPI", marks=numbers
        ),
        stacks=tuple(stack_label(name) for name in names),
        rows=tuple((runs[number], tuple(_words(gaps[number].get(name)) for name in names)) for number in numbers),
    )


def _words(gap: float | None) -> str:
    return words.NOTHING if gap is None else f"{words.number(gap)}x"


def _costs(runs: list[int]) -> Mapping[Visit, Mapping[str, float]]:
    """The cheapest server of each stack in each visit."""
    columns = ("objections", "run_id", "scenario", "concurrency", "round", "stack", "server_cpu_us")
    known = Measurement.objects.filter(run__in=runs, server_cpu_us__gt=0, error="", withdrawn="", share=0).order_by()
    found: dict[Visit, dict[str, float]] = defaultdict(dict)
    for objections, run, scenario, concurrency, number, stack, cost in known.values_list(*columns):
        if any(Figure.COST in one["figures"] for one in objections):
            continue
        visit = found[run, scenario, concurrency, number]
        visit[stack] = min(cost, visit.get(stack, cost))
    return found


def _gaps(costs: Mapping[Visit, Mapping[str, float]]) -> Mapping[int, Mapping[str, float]]:
    """For each run the median ratio of each stack over all its scenarios and rounds."""
    ratios: dict[int, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for (run, *_), by_stack in costs.items():
        for stack, ratio in _ratios(by_stack):
            ratios[run][stack].append(ratio)
    return {run: {stack: median(found) for stack, found in by.items()} for run, by in ratios.items()}


def _ratios(by_stack: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    reference = by_stack.get(REFERENCE)
    for stack, cost in by_stack.items():
        if reference and stack != REFERENCE and kind(stack) not in STUDIED:
            yield stack, cost / reference
