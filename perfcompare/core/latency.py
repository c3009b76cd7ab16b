"""Exact percentiles from all samples, without buckets or interpolation: each value was measured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from math import ceil

from perfcompare.core.generator import Latency


def percentile(ordered: Sequence[float], share: float) -> float:
    """The nearest-rank percentile of rising values: the smallest with at least `share` (0..1) of them at or below it.

    https://en.wikipedia.org/wiki/Percentile#The_nearest-rank_method; `ordered` must not be empty.
    """
    return ordered[_rank(len(ordered), share) - 1]


def from_samples(samples_us: Iterable[float]) -> Latency | None:
    """The latency of these samples in microseconds; None when there are none."""
    ordered = sorted(samples_us)
    if not ordered:
        return None
    return _latency([percentile(ordered, share) for share in _SHARES], sum(ordered) / len(ordered))


def from_counts(counts: Mapping[int, int]) -> Latency | None:
    """The latency of a histogram, microseconds to how often; None when it is empty."""
    values = sorted(value for value, count in counts.items() if count)
    if not values:
        return None
    reached = list(accumulate(counts[value] for value in values))
    picked = [_value_at(values, reached, _rank(reached[-1], share)) for share in _SHARES]
    return _latency(picked, sum(value * counts[value] for value in values) / reached[-1])


_SHARES = (0.0, 0.5, 0.9, 0.99, 0.999, 1.0)


def _rank(count: int, share: float) -> int:
    # Rounded first: 0.999 * 1000 is 999.0000000000001 in floating point on some paths, and ceil would add a rank.
    return max(1, ceil(round(count * share, 6)))


def _value_at(values: Sequence[int], reached: Sequence[int], rank: int) -> float:
    return next(value for value, sum_ in zip(values, reached, strict=True) if sum_ >= rank)


def _latency(picked: Sequence[float], mean_us: float) -> Latency:
    least, p50, p90, p99, p999, most = (value / 1000 for value in picked)
    mean = mean_us / 1000
    return Latency(mean_ms=mean, min_ms=least, p50_ms=p50, p90_ms=p90, p99_ms=p99, p999_ms=p999, max_ms=most)
