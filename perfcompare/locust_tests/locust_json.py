"""Locust's JSON of a test (`--json` on standard output, `--json-file FILE`): a list of its entries, one per request.

Its fields: `StatsEntryDict` in Locust's stats.py. It has neither users nor seconds, and no sentences of failures.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from perfcompare.core.generator import Latency
from perfcompare.core.latency import from_counts
from perfcompare.locust_tests.locust_output import WHOLE, NotOfLocustError, Record, Requests, within

MISSING: Final = (
    "Its seconds, the number of users and what failures were are not known: Locust's JSON has none of them."
)
_NEEDED: Final = frozenset({"num_requests", "num_failures", "response_times", "start_time", "last_request_timestamp"})


def recognised(document: object) -> bool:
    """Whether this JSON may be Locust's."""
    entries = document if isinstance(document, list) and document else [None]
    return all(isinstance(entry, dict) and entry.keys() >= _NEEDED for entry in entries)


def read(text: str) -> Record:
    """The test. Raises NotOfLocustError for any other JSON, or when there was no request."""
    try:
        return _record(json.loads(text))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError) as error:
        raise NotOfLocustError(f"This is not the JSON of a Locust test: {error!r}.") from error


def _record(entries: Sequence[Mapping[str, Any]]) -> Record:
    began_s = min(float(entry["start_time"]) for entry in entries)
    seconds = max(float(entry["last_request_timestamp"] or 0.0) for entry in entries) - began_s
    if not seconds > 0:
        raise ValueError("no request was answered, or all of them in one moment")
    return Record(
        began_at=datetime.fromtimestamp(began_s, UTC),
        seconds=seconds,
        users=0,
        whole=_requests("", WHOLE, entries),
        each=[_requests(str(entry["method"] or ""), str(entry["name"]), [entry]) for entry in entries],
        missing=(MISSING,),
    )


def _requests(method: str, name: str, entries: Sequence[Mapping[str, Any]]) -> Requests:
    asked, failed = (sum(int(entry[field]) for entry in entries) for field in ("num_requests", "num_failures"))
    if not 0 <= failed <= asked:
        raise ValueError(f"{failed} of {asked} requests failed")
    return Requests(
        method=method,
        name=name,
        asked=asked,
        failed=failed,
        times=_times(entries),
        received_bytes=sum(int(entry["total_content_length"]) for entry in entries),
    )


def _times(entries: Sequence[Mapping[str, Any]]) -> Latency | None:
    """Percentiles from the rounded counts. The mean, the minimum and the maximum are exact."""
    counts: Counter[int] = Counter()
    for entry in entries:
        for rounded_ms, count in entry["response_times"].items():
            counts[round(float(rounded_ms) * 1000)] += int(count)
    found = from_counts(counts)
    if found is None:
        return None
    timed = sum(counts.values())
    return within(
        replace(
            found,
            mean_ms=sum(float(entry["total_response_time"]) for entry in entries) / timed,
            min_ms=min(float(entry["min_response_time"] or 0.0) for entry in entries),
            max_ms=max(float(entry["max_response_time"]) for entry in entries),
        )
    )
