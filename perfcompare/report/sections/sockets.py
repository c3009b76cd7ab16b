"""The table of WebSockets, and what it says in sentences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from perfcompare.core.room import BROADCAST, ECHO
from perfcompare.core.target import REFERENCE
from perfcompare.models.by_level import Found
from perfcompare.plugins import rooms
from perfcompare.report.data import formatting
from perfcompare.report.data.kinds import Kind
from perfcompare.report.data.labels import server_label
from perfcompare.report.data.report import Report
from perfcompare.report.data.words import many
from perfcompare.report.sections.by_level import Cost, Row, Table, pictures
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
_ONE: Final = {ECHO: "an echo", BROADCAST: "a broadcast"}


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
    groups = defaultdict(list)
    for one in sorted(report.sockets.rows, key=lambda one: one.level.traffic != ECHO):
        name = f"{label(one.stack)} on {server_label(one.server)}: {one.level.traffic}"
        groups[name].append(Row(figures=figures(one.level)[1:], remarks=[*remarks(one.level)]))
    return Table(
        run=report.sockets.run,
        id="sockets",
        short="WebSockets",
        title="WebSockets: echo and broadcast",
        answers=[*_answers(report.sockets.rows)],
        note=(
            f"Messages of {MESSAGE_BYTES} bytes (run {report.sockets.run}, manage.py perfcompare sockets). An echo "
            "returns to its sender, and every socket sends again at once: the times are those from sending to "
            "receiving. A broadcast goes to all sockets, and the next one follows when the last socket has it: the "
            "times are those until then. CPU is that of the server's process tree, for each message that a client "
            "receives. Memory is what the process tree takes beyond an idle one, for each socket in it."
        ),
        pictures=[
            picture
            for traffic in _ONE
            for picture in pictures(_costs(report.sockets.rows, traffic), f"a message, {traffic}", "sockets")
        ],
        columns=COLUMNS[1:],
        groups=dict(groups),
    )


def _costs(rows: Sequence[Found[Level]], traffic: str) -> Iterator[Cost]:
    for one in rows:
        if one.level.traffic == traffic and one.level.valid:
            yield Cost(
                name=f"{label(one.stack)} on {server_label(one.server)}",
                kind=Kind.REFERENCE if _is_reference(one.stack) else Kind.PLAIN,
                clients=one.level.wanted,
                cpu_us=one.level.cpu_us,
            )


def _answers(rows: Sequence[Found[Level]]) -> Iterator[str]:
    """What a message costs each room beside FastAPI's, of rooms whose messages take the same way."""
    costs: dict[tuple[str, str], dict[tuple[str, int], float]] = defaultdict(dict)
    for one in rows:
        if one.level.traffic in _ONE and one.level.valid and one.level.cpu_us:
            costs[one.stack, one.server][one.level.traffic, one.level.wanted] = one.level.cpu_us
    for (name, server), known in costs.items():
        like = _reference(name)
        least = costs.get((like, server), {}) if like else {}
        ratios: dict[str, list[float]] = defaultdict(list)
        for place in (one for one in known if one in least):
            ratios[place[0]].append(known[place] / least[place])
        if like and ratios:
            first, *rest = (one for one in _ONE if one in ratios)
            more = "".join(f", {_range(ratios[one])} for {_ONE[one]}" for one in rest)
            levels = [level for traffic, level in known if (traffic, level) in least]
            yield (
                f"{label(name)} on {server_label(server)} takes {_range(ratios[first])} as much CPU as {label(like)} "
                f"for {_ONE[first]}{more} ({_sockets(levels)})."
            )


def _reference(name: str) -> str | None:
    """FastAPI's room whose messages take the same way; None for FastAPI's own, and for rooms that are gone."""
    room = rooms.get(name)
    if room is None or _is_reference(name):
        return None
    own = (other for other, one in rooms.items() if _is_reference(other) and one.redis == room.redis)
    return next(own, None)


def _is_reference(name: str) -> bool:
    room = rooms.get(name)
    return room is not None and room.packages[0] == REFERENCE


def _range(ratios: Collection[float]) -> str:
    low, high = (formatting.number(one) for one in (min(ratios), max(ratios)))
    return f"{low} times" if low == high else f"{low} to {high} times"


def _sockets(levels: Collection[int]) -> str:
    low, high = min(levels), max(levels)
    return f"{low:,} to {high:,} sockets" if low < high else many(high, "socket")


def label(name: str) -> str:
    """What people call the room; its name when it is not (or no longer) known."""
    room = rooms.get(name)
    return room.label if room else name
