"""The table of WebSockets, and what it says in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from perfcompare.plugins import rooms
from perfcompare.report.data import formatting
from perfcompare.report.data.labels import server_label
from perfcompare.report.data.report import Report
from perfcompare.report.sections.by_level import Table
from perfcompare.runner.rooms import MESSAGE_BYTES, Level

COLUMNS: Final = (
    "traffic",
    "sockets",
    "messages",
    "a second",
    "p50 ms",
    "p99 ms",
    "CPU µs a message",
    "Redis µs a message",
    "KiB a socket",
    "client busy %",
)


def figures(level: Level) -> tuple[str, ...]:
    """The figures of one level in the order of COLUMNS. A dash stands for what does not count."""
    times = (None,) * 3 if level.limited else (level.per_s, level.p50_ms, level.p99_ms)
    costs = (level.cpu_us, level.redis_us, level.kib_each)
    return (
        level.traffic,
        f"{level.wanted:,}",
        f"{level.right:,}",
        *(formatting.number(one if level.valid else None) for one in (*times, *costs)),
        f"{level.client_share:.0%}".rstrip("%"),
    )


def remarks(level: Level) -> Iterator[str]:
    """What a reader of these figures must know, in sentences."""
    if not level.valid:
        yield "Not valid."
    if level.opened < level.wanted:
        yield f"{level.wanted - level.opened:,} of {level.wanted:,} sockets could not be opened."
    if level.lost:
        yield f"{level.lost:,} messages were lost."
    if level.trouble:
        yield f"{level.trouble[0].upper()}{level.trouble[1:]}."
    if level.limited:
        yield (
            f"The client itself was busy for {level.client_share:.0%} of the time, so rates and times do not count. "
            "The CPU of the server does."
        )


def table(report: Report) -> Table | None:
    """Every room and number of sockets; None without a result."""
    if report.sockets is None or not report.sockets.rows:
        return None
    return Table(
        id="sockets",
        short="WebSockets",
        title="WebSockets: echo and broadcast",
        note=(
            f"Messages of {MESSAGE_BYTES} bytes (run {report.sockets.run}, manage.py perfcompare sockets). An echo "
            "returns to its sender, and every socket sends again at once: the times are those from sending to "
            "receiving. A broadcast goes to all sockets, and the next one follows when the last socket has it: the "
            "times are those until then. CPU is that of the server's process tree, for each message that a client "
            "receives. Memory is what the process tree takes beyond an idle one, for each socket in it."
        ),
        columns=COLUMNS,
        rows=[
            (f"{label(one.stack)} on {server_label(one.server)}", figures(one.level), " ".join(remarks(one.level)))
            for one in report.sockets.rows
        ],
    )


def label(name: str) -> str:
    """What people call the room; its name when it is not (or no longer) known."""
    room = rooms.get(name)
    return room.label if room else name
