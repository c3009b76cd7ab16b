"""Serializers alone: what `manage.py perfcompare serialize` measured on the machine of a run."""

from __future__ import annotations

from dataclasses import dataclass

from perfcompare.core.statistics import median
from perfcompare.models import Run, side_results
from perfcompare.report.data.ratios import Ratio, ratio

CLAIMED = "drf"
REFERENCE = "pydantic"
"""What FastAPI serializes with."""


@dataclass(frozen=True, kw_only=True)
class Serializers:
    """DRF's beside FastAPI's."""

    run: int
    """The number of the run that holds it."""
    users: int
    drf_ms: float
    """Median over the rounds; so is the next one."""
    fastapi_ms: float
    ratio: Ratio
    """Of the two processes of a round."""


def collect(run: Run) -> Serializers | None:
    """What is known; None when nothing is, or not of both."""
    known = side_results.newest_serialising(run)
    if known is None:
        return None
    holder, found = known
    seconds = {way.name: way.seconds for way in found.ways}
    drf, fastapi = seconds.get(CLAIMED, ()), seconds.get(REFERENCE, ())
    beside = ratio(list(zip(drf, fastapi, strict=False)), run.seed, floor=None, dear=True)
    if beside is None:
        return None
    return Serializers(
        run=holder.pk,
        users=found.users,
        drf_ms=median(drf) * 1000,
        fastapi_ms=median(fastapi) * 1000,
        ratio=beside,
    )
