"""Memory under many connections: what another run on the machine of a run measured of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from perfcompare.core.objection import Figure
from perfcompare.core.statistics import median
from perfcompare.core.target import REFERENCE
from perfcompare.models import Measurement, Run
from perfcompare.models.side_results import alike
from perfcompare.report.data.ratios import Ratio, beside, paired

CLAIMED: Final = "drf"
SCENARIO: Final = "simple"
CONNECTIONS: Final = 1000
WORKERS: Final = 4
"""What the claim was made of."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """DRF's PSS beside FastAPI's."""

    drf_kib: float
    """Median over the rounds that both have; so is the next one."""
    fastapi_kib: float
    ratio: Ratio


@dataclass(frozen=True, kw_only=True)
class Memory:
    """What a run of both measured."""

    run: int
    """The number of the run that holds it."""
    idle: Pair | None
    """Before the load; None where it is not known."""
    peak: Pair


def collect(run: Run) -> Memory | None:
    """The newest figures of the machine of `run` that are from another run; None without any."""
    there = Measurement.objects.filter(
        scenario=SCENARIO, concurrency__gte=CONNECTIONS, share=0, stack=CLAIMED, pss_peak_kib__gt=0
    )
    others = Run.objects.filter(pk__in=there.values("run"), options__workers=WORKERS, **alike(run)).exclude(pk=run.pk)
    return next((found for other in others if (found := _of(other))), None)


def _of(run: Run) -> Memory | None:
    rows = [row for row in run.judged() if row.scenario == SCENARIO and row.concurrency >= CONNECTIONS]
    pairs = paired(_of_stack(rows, CLAIMED), _of_stack(rows, REFERENCE), Figure.MEMORY)
    peak = _pair(pairs, "pss_peak_kib", run.seed)
    return Memory(run=run.pk, idle=_pair(pairs, "pss_idle_kib", run.seed), peak=peak) if peak else None


def _pair(pairs: Sequence[tuple[Measurement, Measurement]], name: str, seed: int) -> Pair | None:
    both = [pair for pair in pairs if all(getattr(row, name) for row in pair)]
    ratio = beside(both, name, seed)
    if ratio is None:
        return None
    drf_kib, fastapi_kib = (median([getattr(row, name) for row in side]) for side in zip(*both, strict=True))
    return Pair(drf_kib=drf_kib, fastapi_kib=fastapi_kib, ratio=ratio)


def _of_stack(rows: Sequence[Measurement], stack: str) -> list[Measurement]:
    return [row for row in rows if row.stack == stack and row.cell == row.cell.plain]
