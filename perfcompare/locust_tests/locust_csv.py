"""Locust's CSV files of `--csv PREFIX`: PREFIX_stats.csv, with PREFIX_stats_history.csv and PREFIX_failures.csv.

Their columns: https://docs.locust.io/en/stable/retrieving-stats.html, and `StatsCSV` in Locust's stats.py.
"""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from perfcompare.core.generator import Latency
from perfcompare.locust_tests.locust_output import WHOLE, NotOfLocustError, Record, Requests, within

FIRST_COLUMNS: Final = "Type,Name,Request Count,Failure Count,"
_STATS: Final = "_stats.csv"
_TIMES: Final = {
    "mean_ms": "Average Response Time", "min_ms": "Min Response Time", "max_ms": "Max Response Time",
    "p50_ms": "50%", "p90_ms": "90%", "p99_ms": "99%", "p999_ms": "99.9%",
}  # fmt: skip
_TIMED: Final = frozenset(_TIMES.values())
NO_HISTORY: Final = (
    "Its seconds and number of users are not known, because there is no _stats_history.csv beside the file."
)
NO_FAILURES: Final = "Its failures are not known, because there is no _failures.csv beside the file."
NO_PERCENTILES: Final = "Its latency is not known: the file lacks a column among {columns}."
COARSE_SERIES: Final = "Its seconds have no percentiles: Locust's are of all that went before or of ten seconds."

Rows = Sequence[Mapping[str, str]]


def recognised(text: str) -> bool:
    """Whether this may be Locust's table of requests."""
    return text.startswith(FIRST_COLUMNS)


def read(path: Path, text: str) -> Record:
    """The test that `text`, the content of `path`, and the files beside it tell of.

    NotOfLocustError when they are not Locust's, or tell of no request.
    """
    try:
        return _record(_rows(text), _beside(path, "_stats_history.csv"), _beside(path, "_failures.csv"), _ended(path))
    except (KeyError, TypeError, ValueError, OverflowError, csv.Error) as error:
        raise NotOfLocustError(f"{path} is not a table of Locust's requests: {error!r}.") from error


def _rows(text: str) -> Rows:
    return list(csv.DictReader(io.StringIO(text)))


def _beside(path: Path, ending: str) -> Rows | None:
    """The rows of the file with the same prefix and this ending; None without such a file."""
    other = path.with_name(path.name.removesuffix(_STATS) + ending)
    if not path.name.endswith(_STATS) or not other.is_file():
        return None
    return _rows(other.read_text(encoding="utf-8"))


def _ended(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _record(stats: Rows, history: Rows | None, failures: Rows | None, ended_at: datetime) -> Record:
    failed = _failures(failures or ())
    found = [_requests(row, failed) for row in stats]
    (total,) = (row for row in stats if row["Name"] == WHOLE and not row["Type"])
    (whole,) = (one for one in found if one.title == WHOLE)
    rate = float(total["Requests/s"])
    if not whole.asked or rate <= 0:
        raise ValueError("no request was answered, or all of them in one moment")
    seconds = whole.asked / rate
    marks = [row for row in history or () if row["Name"] == WHOLE]
    return Record(
        began_at=datetime.fromtimestamp(int(marks[0]["Timestamp"]) if marks else ended_at.timestamp() - seconds, UTC),
        seconds=seconds,
        users=max((int(row["User Count"]) for row in marks), default=0),
        whole=whole,
        each=[one for one in found if one is not whole],
        series=list(_series(marks)),
        missing=tuple(_missing(total, marks, failures, whole)),
    )


def _missing(total: Mapping[str, str], marks: Rows, failures: Rows | None, whole: Requests) -> Iterator[str]:
    yield COARSE_SERIES if marks else NO_HISTORY
    if failures is None and whole.failed:
        yield NO_FAILURES
    if not total.keys() >= _TIMED:
        yield NO_PERCENTILES.format(columns=", ".join(_TIMES.values()))


def _failures(rows: Rows) -> Mapping[tuple[str, str], Counter[str]]:
    found: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for row in rows:
        for key in ((row["Method"], row["Name"]), ("", WHOLE)):
            found[key][row["Error"]] += int(row["Occurrences"])
    return found


def _requests(row: Mapping[str, str], failures: Mapping[tuple[str, str], Counter[str]]) -> Requests:
    asked, failed = int(row["Request Count"]), int(row["Failure Count"])
    if not 0 <= failed <= asked:
        raise ValueError(f"{failed} of {asked} requests failed")
    known = asked > 0 and row.keys() >= _TIMED
    times = Latency(**{name: float(row[column]) for name, column in _TIMES.items()}) if known else None
    return Requests(
        method=row["Type"],
        name=row["Name"],
        asked=asked,
        failed=failed,
        times=within(times) if times else None,
        received_bytes=round(asked * float(row["Average Content Size"])),
        failures=failures.get((row["Type"], row["Name"]), {}),
    )


def _series(marks: Rows) -> Iterator[dict[str, Any]]:
    """Each second's share of Locust's running totals; `--reset-stats` begins these anew, which is no negative rate."""
    by_second = {int(row["Timestamp"]): row for row in marks}
    asked = failed = 0
    for moment, row in by_second.items():
        now, wrong = int(row["Total Request Count"]), int(row["Total Failure Count"])
        errors = max(0, wrong - failed)
        yield {
            "second": moment - min(by_second),
            "answers": max(0, now - asked - errors),
            "failures": errors,
            "p50_ms": None,
            "p99_ms": None,
            "users": int(row["User Count"]),
        }
        asked, failed = now, wrong
