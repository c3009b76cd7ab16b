"""What Locust itself writes of a test, whoever wrote the locustfile: the common form of its CSV and its JSON files.

Locust counts failed requests in its response times and rounds these before it counts (stats.py, `bucket_response_time`:
whole milliseconds, above 100 ms two digits), so that neither is what a locustfile of this project measures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from perfcompare.core.errors import UsageError
from perfcompare.core.generator import Latency, LoadResult
from perfcompare.core.measurement import Cell, Measurement
from perfcompare.core.objection import EVERY, Objection
from perfcompare.locust_tests.rows import ELSEWHERE, GENERATOR, UNSEEN
from perfcompare.models.storage import NAME_LENGTH

WHOLE: Final = "Aggregated"
"""Locust's name for all requests together, and the name of the row."""
ROUNDED: Final = Objection(
    code="rounded",
    figures=EVERY,
    sentence="Locust's response times are whole milliseconds, above 100 ms two digits: too coarse for a verdict.",
)
MIXED: Final = "Locust counts failed requests in its response times, so there is no latency of the right answers."
UNKNOWN: Final = "Nothing is known of the sender's processor time, nor whether bodies were checked."


class NotOfLocustError(UsageError):
    """Raised when a text is not an output of Locust."""


@dataclass(frozen=True, kw_only=True)
class Requests:
    """All requests of a method and name, or of the whole test."""

    method: str
    name: str
    asked: int
    failed: int
    times: Latency | None
    """The latency of all requests, including failed ones; None when the file lacks it."""
    received_bytes: int
    failures: Mapping[str, int] = field(default_factory=dict)
    """The failures: count by message."""

    @property
    def title(self) -> str:
        """The name of its row. Of a name that is too long, the end is kept, where paths differ."""
        title = f"{self.method} {self.name}".strip()
        return title if len(title) <= NAME_LENGTH else f"…{title[1 - NAME_LENGTH :]}"


@dataclass(frozen=True, kw_only=True)
class Record:
    """One test of Locust, from Locust's own files."""

    began_at: datetime
    seconds: float
    """From its start to its last request. Users were still starting in a part of this time."""
    users: int
    """The largest number of users; 0 when the file lacks it."""
    whole: Requests
    each: Sequence[Requests]
    series: Sequence[Mapping[str, Any]] = ()
    """The seconds of the whole test, in the form of a stored row."""
    missing: tuple[str, ...] = ()
    """Sentences about what these files lack."""


def rows(record: Record, stack: str) -> Iterator[Measurement]:
    """The row of the whole test, then one for each request. None is fit for a verdict. `stack` is the loaded stack."""
    yield replace(_row(record, record.whole, stack), series=record.series)
    for requests in record.each:
        yield _row(record, requests, stack)


def _row(record: Record, requests: Requests, stack: str) -> Measurement:
    latency = None if requests.failed else requests.times
    said = (UNSEEN, UNKNOWN, *record.missing, *([MIXED] if requests.failed else []))
    return Measurement(
        cell=Cell(scenario=requests.title, stack=stack, server=ELSEWHERE, concurrency=record.users),
        round=1,
        generator=GENERATOR,
        load=LoadResult(
            started_s=0.0,
            ended_s=record.seconds,
            answers=requests.asked - requests.failed,
            errors=requests.failed,
            latency=latency,
            received_bytes=requests.received_bytes,
            failures=requests.failures,
            warnings=said,
        ),
        usage=None,
        start_s=None,
        command=(),
        objections=(ROUNDED,),
    )


def within(latency: Latency) -> Latency:
    """The latency with each rounded percentile limited to the exact minimum and maximum."""
    names = ("p50_ms", "p90_ms", "p99_ms", "p999_ms")
    bound = {name: min(max(getattr(latency, name), latency.min_ms), latency.max_ms) for name in names}
    return replace(latency, **bound)
