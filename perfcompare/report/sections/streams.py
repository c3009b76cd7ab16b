"""The table of many streams at once, and what it says in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from perfcompare.core.stack import Interface
from perfcompare.plugins import servers
from perfcompare.report.data import formatting
from perfcompare.report.data.labels import pair_label
from perfcompare.report.data.report import Report
from perfcompare.runner.streams import Asked, Level

TITLE: Final = "Many streams at once"
COLUMNS: Final = (
    "streams",
    "completed",
    "right",
    "at once",
    "first p50 ms",
    "first p99 ms",
    "gap p50 ms",
    "gap p99 ms",
    "CPU µs a part",
    "KiB a stream",
    "threads",
    "client late ms",
)


def figures(level: Level) -> tuple[str, ...]:
    """The figures of one level in the order of COLUMNS. A dash stands for what does not count."""
    times = (level.first_p50_ms, level.first_p99_ms, level.gap_p50_ms, level.gap_p99_ms)
    shown = (*map(level.counted, times), level.cpu_us, level.kib_per_stream)
    return (
        *(f"{one:,}" for one in (level.wanted, level.completed, level.right)),
        formatting.NOTHING if level.together else f"{level.at_once:,}",
        *map(formatting.number, shown),
        f"{level.threads:,}",
        formatting.number(level.late_p99_ms),
    )


def remarks(level: Level, interface: Interface | None) -> Iterator[str]:
    """What a reader of these figures must know, in sentences."""
    asked = Asked(parts=level.parts, interval_ms=level.interval_ms)
    if level.opened < level.wanted:
        yield f"{level.wanted - level.opened:,} of {level.wanted:,} connections could not be opened."
    if level.together:
        yield "Nothing streams: the parts are collected first, and come together at the end."
    elif level.at_once < level.wanted:
        why = "the others wait for a thread" if interface == "wsgi" else "the others had not begun, or had ended"
        yield f"{level.at_once:,} of {level.wanted:,} streams at once: {why}."
    if level.completed < level.opened:
        yield f"{level.opened - level.completed:,} had not ended after {asked.limit_s:.0f} s, when the client left."
    if level.right < level.completed:
        yield f"{level.completed - level.right:,} were wrong: {level.trouble}."
    if level.late:
        yield (
            f"The client was {formatting.number(level.late_p99_ms)} ms late (p99). Times of less than four times "
            "that do not count. Ask for fewer streams, or for parts at a longer interval."
        )


def note(report: Report) -> str:
    """What was asked for, and where it is stored; empty without a result."""
    if report.streams is None or not report.streams.rows:
        return ""
    level = report.streams.rows[0].level
    return (
        f"Server-sent events: {level.parts} parts, {level.interval_ms} ms apart, to all clients at once (run "
        f"{report.streams.run}, manage.py perfcompare streams). CPU is that of the server's process tree, with the "
        "request's own. Memory is what the process tree takes beyond an idle one, for each connection in it."
    )


def rows(report: Report) -> list[tuple[str, tuple[str, ...], str]]:
    """For each stack and number of streams: its name, its figures in the order of COLUMNS, and its remarks."""
    found = report.streams.rows if report.streams else ()
    return [
        (
            pair_label(report.catalog, one.stack, one.server),
            figures(one.level),
            " ".join(remarks(one.level, _interface(one.server))),
        )
        for one in found
    ]


def _interface(server: str) -> Interface | None:
    known = servers.get(server)
    return known.interface if known else None
