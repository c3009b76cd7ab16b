"""The table of many streams at once, and what it says in sentences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from perfcompare.core.interface import Interface
from perfcompare.models.by_level import Found
from perfcompare.plugins import servers
from perfcompare.report.data import formatting
from perfcompare.report.data.kinds import kind
from perfcompare.report.data.labels import pair_label
from perfcompare.report.data.report import Report
from perfcompare.report.data.words import both, many
from perfcompare.report.sections.by_level import Cost, Row, Table, pictures
from perfcompare.runner.streams import Asked, Level

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
    shown = (*map(level.counted, times), level.cpu_us, level.kib_each)
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


def table(report: Report) -> Table | None:
    """Every stack and number of streams; None without a result."""
    if report.streams is None or not report.streams.rows:
        return None
    level = report.streams.rows[0].level
    levels: dict[str, list[Level]] = defaultdict(list)
    groups: dict[str, list[Row]] = defaultdict(list)
    for one in report.streams.rows:
        name = pair_label(report.catalog, one.stack, one.server)
        levels[name].append(one.level)
        groups[name].append(Row(figures=figures(one.level), remarks=[*remarks(one.level, _interface(one.server))]))
    return Table(
        run=report.streams.run,
        id="streams",
        short="Streams",
        title="Many streams at once",
        answers=[*_answers(levels)],
        note=(
            f"Server-sent events: {level.parts} parts, {level.interval_ms} ms apart, to all clients at once (run "
            f"{report.streams.run}, manage.py perfcompare streams). CPU is that of the server's process tree, with the "
            "request's own. Memory is what the process tree takes beyond an idle one, for each connection in it."
        ),
        pictures=pictures(_costs(report, report.streams.rows), "a part", "streams"),
        columns=COLUMNS,
        groups=dict(groups),
    )


def _costs(report: Report, rows: Sequence[Found[Level]]) -> Iterator[Cost]:
    for one in rows:
        yield Cost(
            name=pair_label(report.catalog, one.stack, one.server),
            kind=kind(report.catalog, one.stack),
            clients=one.level.wanted,
            cpu_us=one.level.cpu_us,
        )


def _answers(levels: Mapping[str, Sequence[Level]]) -> Iterator[str]:
    """How many streams each can send at once, the most first."""
    groups: dict[str, list[str]] = defaultdict(list)
    for name, some in sorted(levels.items(), key=lambda one: -_most(one[1])):
        groups[_reach(some)].append(name)
    for reach, names in groups.items():
        yield f"{both(names)}: {reach}."


def _most(levels: Sequence[Level]) -> int:
    """The largest number of streams of which all were right, and at once."""
    return max((one.wanted for one in levels if one.right == one.wanted == one.at_once and not one.together), default=0)


def _reach(levels: Sequence[Level]) -> str:
    ended = [one for one in levels if one.completed]
    if ended and all(one.together for one in ended):
        return "nothing streams, the parts come together at the end"
    most = _most(levels)
    if not most:
        return f"{many(max(one.at_once for one in levels), 'stream')} at once, not more"
    above = [one.wanted for one in levels if one.wanted > most]
    return f"{most:,} streams at once, all right" + (f"; not {min(above):,}" if above else "")


def _interface(server: str) -> Interface | None:
    known = servers.get(server)
    return known.interface if known else None
