"""Many streams at once: how soon the first part comes, how even the others, and what a part costs."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final

from perfcompare.core.latency import percentile
from perfcompare.core.limits import DEFAULT_INTERVAL_MS, DEFAULT_PARTS
from perfcompare.runner import procfs
from perfcompare.runner.cpu import TreeClock
from perfcompare.runner.held_connections import AT_ONCE, TIMEOUT_S, Held
from perfcompare.runner.holding import Holding, holding
from perfcompare.runner.stream_client import Receiver, Record

PATH: Final = "stream"
WARM: Final = 8
"""Short streams before the measured ones, so that what is imported and begun once counts as idle."""
SETTLE_S: Final = 0.1
"""Until the server has closed the connections of those."""
LATE_SHARE: Final = 0.25
"""A client that is later than this share of the interval, and of a time, says more of itself than of the server."""
TICK_S: Final = 0.005
SENT_TOGETHER: Final = 50
"""Requests that are sent before the client looks whether something has arrived."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The stream that every client asks for."""

    parts: int = DEFAULT_PARTS
    interval_ms: int = DEFAULT_INTERVAL_MS

    @property
    def length_s(self) -> float:
        """How long it lasts at least."""
        return (self.parts - 1) * self.interval_ms / 1000

    @property
    def limit_s(self) -> float:
        """When the client leaves."""
        return self.length_s + TIMEOUT_S


@dataclass(frozen=True, kw_only=True)
class Level:
    """The result for one number of streams."""

    wanted: int
    parts: int
    """Of each stream."""
    interval_ms: int
    opened: int
    """Connections."""
    begun: int
    """Streams of which a part arrived."""
    completed: int
    """Streams that the server ended before the client left."""
    right: int
    """Those of them with all parts in their order, and nothing else."""
    trouble: str
    """What was wrong with one of the others; empty when nothing was."""
    at_once: int
    """The most streams between their first part and their last at one moment."""
    first_p50_ms: float | None
    """From the request to the first part; None when there is none."""
    first_p99_ms: float | None
    gap_p50_ms: float | None
    """From one part of a stream to the next."""
    gap_p99_ms: float | None
    late_p99_ms: float
    """How late the client itself was when it wanted to look."""
    received: int
    """Parts of all streams."""
    cpu_us: float | None
    """Processor time of the server's process tree for each part, with its share of the request."""
    in_server: int
    """By how many file descriptors the server's process tree had grown in the middle of the streams."""
    pss_kib: int
    """At that moment; so is the next but one."""
    idle_pss_kib: int
    threads: int

    @property
    def kib_per_stream(self) -> float | None:
        """Memory that each stream in the server takes; None when it took none that can be told."""
        growth = self.pss_kib - self.idle_pss_kib
        return growth / self.in_server if self.in_server > 0 < growth else None

    @property
    def late(self) -> bool:
        """Whether the client was too late for times as short as the interval to count."""
        return self.late_p99_ms > self.interval_ms * LATE_SHARE

    def counted(self, time_ms: float | None) -> float | None:
        """A time, or None when it is too short for a client that was so late."""
        short = time_ms is None or self.late_p99_ms > time_ms * LATE_SHARE
        return None if self.late and short else time_ms

    @property
    def together(self) -> bool:
        """Whether the parts were collected, and came at the end of the stream."""
        gap_ms, first_ms = self.counted(self.gap_p50_ms), self.counted(self.first_p50_ms)
        if gap_ms is None or first_ms is None:
            return False
        length_ms = (self.parts - 1) * self.interval_ms
        return gap_ms < self.interval_ms / 2 and first_ms >= length_ms / 2


async def measure(server: Held, wanted: int, asked: Asked) -> Level:
    """Open so many streams of a server that has just been started, and wait until they end or the client's patience
    does."""
    await _run(await _opened(server, WARM), _wire(server, Asked(parts=2, interval_ms=1)), TIMEOUT_S)
    await asyncio.sleep(SETTLE_S)
    idle, clock = holding(server.pid), TreeClock(server.pid)
    receivers = await _opened(server, wanted)
    before_ns = clock.refresh(procfs.processes())
    late: list[float] = []
    watch = asyncio.create_task(_watch(late))
    look = asyncio.create_task(_look(server, asked.length_s / 2))
    with _without_collections():
        left_s = await _run(receivers, _wire(server, asked), asked.limit_s)
        middle = await look
        watch.cancel()
    used_ns = clock.refresh(procfs.processes()) - before_ns
    records = [receiver.record(asked.parts) for receiver in receivers]
    return _level(records, wanted, asked, late=late, left_s=left_s, used_ns=used_ns, middle=middle, idle=idle)


def _wire(server: Held, asked: Asked) -> bytes:
    # The end of the connection is the end of the stream, whatever the server frames it with.
    query = f"parts={asked.parts}&interval_ms={asked.interval_ms}"
    host = f"{server.host}:{server.port}"
    return f"GET {server.prefix}{PATH}?{query} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()


async def _opened(server: Held, count: int) -> list[Receiver]:
    gate = asyncio.Semaphore(AT_ONCE)
    found = await asyncio.gather(*(_connection(server, gate) for _ in range(count)))
    return [receiver for receiver in found if receiver is not None]


async def _connection(server: Held, gate: asyncio.Semaphore) -> Receiver | None:
    async with gate:
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(TIMEOUT_S):
                _transport, receiver = await asyncio.get_running_loop().create_connection(
                    Receiver, server.host, server.port
                )
                return receiver
    return None


async def _run(receivers: Sequence[Receiver], wire: bytes, limit_s: float) -> float:
    """Ask for all of them at once. Returns when the client left."""
    for number, receiver in enumerate(receivers, 1):
        receiver.send(wire)
        if number % SENT_TOGETHER == 0:
            await asyncio.sleep(0)
    if receivers:
        await asyncio.wait([receiver.over for receiver in receivers], timeout=limit_s)
    left_s = time.monotonic()
    for receiver in receivers:
        receiver.leave()
    return left_s


async def _look(server: Held, after_s: float) -> Holding:
    await asyncio.sleep(after_s)
    return await asyncio.to_thread(holding, server.pid)


async def _watch(late: list[float]) -> None:
    """How late this process is, every TICK_S. Moments that it slept through count too."""
    while True:
        due_s = time.monotonic() + TICK_S
        await asyncio.sleep(TICK_S)
        behind_s = time.monotonic() - due_s
        late.append(behind_s)
        while (behind_s := behind_s - TICK_S) > 0:
            late.append(behind_s)


@contextlib.contextmanager
def _without_collections() -> Iterator[None]:
    """Everything stays in memory until the end anyway, and a look at it would make the client late."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _level(
    records: Sequence[Record],
    wanted: int,
    asked: Asked,
    *,
    late: Sequence[float],
    left_s: float,
    used_ns: int,
    middle: Holding,
    idle: Holding,
) -> Level:
    begun = [record for record in records if record.moments]
    completed = [record for record in records if record.ended]
    first = [record.moments[0] - record.sent_s for record in begun if record.sent_s is not None]
    gaps = [after - before for record in begun for before, after in pairwise(record.moments)]
    received = sum(len(record.moments) for record in records)
    spans = [(record.moments[0], record.moments[-1] if record.ended else left_s) for record in begun]
    return Level(
        wanted=wanted,
        parts=asked.parts,
        interval_ms=asked.interval_ms,
        opened=len(records),
        begun=len(begun),
        completed=len(completed),
        right=sum(not record.trouble for record in completed),
        trouble=next((record.trouble for record in completed if record.trouble), ""),
        at_once=_at_once(spans),
        first_p50_ms=_ms(first, 0.5),
        first_p99_ms=_ms(first, 0.99),
        gap_p50_ms=_ms(gaps, 0.5),
        gap_p99_ms=_ms(gaps, 0.99),
        late_p99_ms=_ms(late, 0.99) or 0.0,
        received=received,
        cpu_us=used_ns / 1000 / received if received else None,
        in_server=max(0, middle.files - idle.files),
        pss_kib=middle.pss_kib,
        idle_pss_kib=idle.pss_kib,
        threads=middle.threads,
    )


def _ms(seconds: Iterable[float], share: float) -> float | None:
    ordered = sorted(seconds)
    return percentile(ordered, share) * 1000 if ordered else None


def _at_once(spans: Iterable[tuple[float, float]]) -> int:
    """The most of these that hold one moment."""
    steps = sorted(step for begin, end in spans for step in ((begin, -1), (end, 1)))  # a begin before an end
    return max(accumulate(-step for _moment, step in steps), default=0)
