"""What the Lua script wrote, as a result: statuses, sampled bodies, and the histogram without wrk's guesses in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

from perfcompare.core.errors import PerfcompareError
from perfcompare.core.generator import Latency, Load, LoadResult
from perfcompare.core.http import Expected
from perfcompare.core.latency import from_counts
from perfcompare.generators import _bodies, _traffic, _wrk_driver

Counts = dict[int, int]
_WORDS: Mapping[str, str] = {
    "connect": "no connection",
    "read": "broken while reading",
    "write": "broken while writing",
    "timeout": "no answer in time",
}


class ResultError(PerfcompareError):
    """Raised when wrk's result is missing, cut off, or not what its documentation says."""


def read(load: Load) -> LoadResult:
    """The result in the folder of `load`."""
    lines = _lines(load.folder / "result")
    numbers = {words[0]: float(words[1]) for words in lines if len(words) == 2}
    broken = {words[1]: int(words[2]) for words in lines if words[0] == "error"}
    failures = {f"status {words[1]}": int(words[2]) for words in lines if words[0] == "status"}
    wrong_bodies = list(_bodies.wrong(_sampled(load.folder / "bodies"), _expected(load)))
    if wrong_bodies:
        failures[f"another body than the contract's: {wrong_bodies[0][:100]!r}"] = len(wrong_bodies)
    pure = not failures
    failures |= {words: broken[name] for name, words in _WORDS.items() if broken[name]}
    lost = _lost(load, numbers, broken)
    if lost:
        failures["closed without an answer"] = lost
    return LoadResult(
        started_s=numbers["started_s"],
        ended_s=numbers["started_s"] + numbers["duration"] / 1e6,
        answers=max(0, int(numbers["answered"]) - broken["timeout"] - len(wrong_bodies)),
        errors=sum(failures.values()),
        latency=_latency(lines, load, numbers, broken["timeout"]) if pure else None,
        received_bytes=int(numbers["bytes"]),
        failures=failures,
    )


def _lines(file: Path) -> list[list[str]]:
    try:
        lines = [line.split() for line in file.read_text(encoding="utf-8").splitlines()]
    except OSError as error:
        raise ResultError(f"wrk left no result: {error}.") from error
    if [*lines, [""]][-2:-1] != [["end"]]:
        raise ResultError(f"wrk's result is cut off: {file}.")
    if ["unknown", "layout"] in lines:
        raise ResultError(
            "This build of wrk keeps its histogram in another form than wrk 4.0 to 4.2; use one of these."
        )
    return lines


def _lost(load: Load, numbers: Mapping[str, float], broken: Mapping[str, int]) -> int:
    """Requests without an answer that wrk does not count, because the server closed the connection in an orderly
    way."""
    unanswered = numbers["sent"] - numbers["requests"] - broken["read"] - broken["write"]
    return max(0, int(unanswered) - load.concurrency)


def _latency(lines: list[list[str]], load: Load, numbers: Mapping[str, float], timeouts: int) -> Latency | None:
    counts = {int(words[1]): int(words[2]) for words in lines if words[0] == "latency"}
    recorded = int(numbers["requests"]) - timeouts
    for candidate in (counts, _measured(counts, load, numbers)):
        if sum(candidate.values()) == recorded:
            return from_counts(candidate)
    raise ResultError(f"wrk's histogram does not hold the latencies of its {recorded} answers.")


def _measured(counts: Counts, load: Load, numbers: Mapping[str, float]) -> Counts:
    """The histogram before wrk added what it guesses a constant rate would have seen (`stats_correct` in stats.c).

    For each latency n of at least twice the interval e it adds one at n-e, n-2e, … above e, so that above e the
    measured count at m is what stands at m less what stands at m+e.
    """
    each = int(numbers["requests"]) // load.concurrency
    if not each:
        return counts
    interval = int(numbers["duration"]) // each
    found: defaultdict[int, int] = defaultdict(int, counts)
    return {value: count - (found[value + interval] if value > interval else 0) for value, count in counts.items()}


def _sampled(file: Path) -> Iterator[bytes]:
    with file.open("rb") as content:
        while length := content.readline():
            yield content.read(int(length))


def _expected(load: Load) -> Iterator[Expected]:
    made = int((load.folder / _wrk_driver.FED).read_text(encoding="utf-8"))
    exchanges = islice(_traffic.stream(load), made) if _traffic.writes(load) else _traffic.cycle(load)
    return (exchange.expected for exchange in exchanges)
