"""Traffic mixes from stored runs of Locust: how often a journey asked each scenario."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from django.db.models import Q

from perfcompare.locusting.rows import GENERATOR
from perfcompare.models import Measurement, Run
from perfcompare.registries import scenarios

# A row of one request of a journey is called `journey METHOD scenario` (perfcompare.locusting.results).
_PARTS = Q(generator=GENERATOR, scenario__contains=" ", answers__isnull=False)


def runs() -> Sequence[Run]:
    """The runs that hold a journey, newest first."""
    return list(Run.objects.filter(pk__in=Measurement.objects.filter(_PARTS).values("run")))


def of(run: int) -> Mapping[str, float]:
    """Scenario to how often the run asked it, wrong answers included; empty for a run without a journey."""
    found: Counter[str] = Counter()
    rows = Measurement.objects.filter(_PARTS, run=run).values_list("scenario", "answers", "errors")
    for name, answers, errors in rows:
        scenario = name.rpartition(" ")[2]
        if scenario in scenarios:
            found[scenario] += (answers or 0) + (errors or 0)
    return {name: float(count) for name, count in found.items() if count}
