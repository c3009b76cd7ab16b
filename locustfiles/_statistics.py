"""Locust's percentiles at 0.1 ms or better: in the web interface, in CSV files, on one process and across workers.

Out of the box Locust rounds each response time to whole milliseconds, and above 100 ms to two digits, before it counts
(`locust.stats.bucket_response_time`, made to be replaced since 2.43.4). Its CSV writer cuts off what is left.
"""

from __future__ import annotations

from typing import Final

from locust import stats

FINE_BELOW_MS: Final = 10
"""Below it steps of 0.01 ms, above it of 0.1 ms: at most 1000 steps below, no more than requests above."""


def bucket(response_time_ms: float) -> float:
    """The step that a response time is counted in; what Locust gets back from a percentile."""
    return round(response_time_ms, 2 if response_time_ms < FINE_BELOW_MS else 1)


def _csv_percentiles(writer: stats.StatsCSV, entry: stats.StatsEntry, use_current: bool = False) -> list[float | str]:
    """Locust's own columns, without `int()` around the values."""
    if not entry.num_requests:
        return list(writer.percentiles_na)
    current = use_current and entry.use_response_times_cache
    ask = entry.get_current_response_time_percentile if current else entry.get_response_time_percentile
    return [ask(share) or 0 for share in writer.percentiles_to_report]


def be_precise() -> None:
    """Replace the two functions, for this process and those that it forks."""
    stats.bucket_response_time = bucket  # type: ignore[assignment]  # whole numbers are what it is there to replace
    stats.StatsCSV._percentile_fields = _csv_percentiles  # type: ignore[assignment,method-assign]
