"""Traffic mixes: how often each scenario is requested, and how much of a mix some of the scenarios are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from django.db.models import Q

from perfcompare.locust_tests.rows import GENERATOR
from perfcompare.models import Measurement, Run
from perfcompare.report.data.report import Report
from perfcompare.targets._registry import catalog_of

# A row of one request of a journey is called `journey METHOD scenario` (perfcompare.locust_tests.results).
_PARTS = Q(generator=GENERATOR, scenario__contains=" ", answers__isnull=False)


def journeys() -> Sequence[Run]:
    """The runs of Locust that hold a journey, newest first."""
    return list(Run.objects.filter(pk__in=Measurement.objects.filter(_PARTS).values("run")))


def measured_mix(run: Run) -> Mapping[str, float]:
    """How often that run requested each scenario, wrong answers included; empty for a run without a journey."""
    found: Counter[str] = Counter()
    known = catalog_of(run.target).scenarios
    rows = Measurement.objects.filter(_PARTS, run=run).values_list("scenario", "answers", "errors")
    for name, answers, errors in rows:
        scenario = name.rpartition(" ")[2]
        if scenario in known:
            found[scenario] += (answers or 0) + (errors or 0)
    return {name: float(count) for name, count in found.items() if count}


def weighted_mix(report: Report) -> Mapping[str, float]:
    """The scenarios of the report with their own weights. A scenario that is not (or no longer) known has none."""
    names = dict.fromkeys(block.scenario for block in report.blocks)
    return {name: float(scenario.weight) for name in names if (scenario := report.catalog.scenarios.get(name))}


def coverage(names: Collection[str], mix: Mapping[str, float]) -> str:
    """`all of the traffic` or `83% of the traffic` for these scenarios; empty when nothing of the mix has a weight."""
    total = sum(mix.values())
    if not total:
        return ""
    if set(mix) <= set(names):
        return "all of the traffic"
    return f"{sum(mix.get(name, 0.0) for name in set(names)) / total:.0%} of the traffic"
