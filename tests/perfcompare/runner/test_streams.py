from __future__ import annotations

import asyncio
import time

from perfcompare.runner import streams
from perfcompare.runner.holding import Holding
from perfcompare.runner.stream_client import Record
from perfcompare.runner.streams import Asked, Level
from tests.perfcompare.factories import make_streams

ASKED = Asked(parts=3, interval_ms=20)
IDLE = Holding(pss_kib=1000, threads=1, files=10)


def level(*records: Record, late: list[float] | None = None, left_s: float = 100.0) -> Level:
    return streams._level(
        records,
        len(records),
        ASKED,
        late=late or [],
        left_s=left_s,
        used_ns=600_000,
        middle=Holding(pss_kib=1400, threads=9, files=14),
        idle=IDLE,
    )


def record(*moments: float, sent_s: float = 0.0, ended: bool = True, trouble: str = "") -> Record:
    return Record(sent_s=sent_s, moments=list(moments), ended=ended, trouble=trouble)


def test_times_are_those_of_all_streams() -> None:
    found = level(record(0.5, 0.75, 1.0), record(0.25, 0.5, 1.5))

    assert (found.first_p50_ms, found.first_p99_ms) == (250.0, 500.0)
    assert (found.gap_p50_ms, found.gap_p99_ms) == (250.0, 1000.0)
    assert (found.received, found.cpu_us) == (6, 100.0)
    assert (found.in_server, found.kib_per_stream, found.threads) == (4, 100.0, 9)


def test_streams_at_once_are_those_between_their_first_and_last_parts() -> None:
    assert level(record(1, 2, 3), record(2.5, 3, 4), record(3.5, 4, 5)).at_once == 2
    assert level(record(1, 2, 3), record(3, 4, 5)).at_once == 2  # they touch
    assert level(record(1, 1, 1), record(2, 2, 2)).at_once == 1
    assert level(record(1, 2, ended=False), record(7, 8, ended=False), left_s=9.0).at_once == 2
    assert level(record()).at_once == 0


def test_wrong_streams_and_those_that_the_client_left_are_counted_apart() -> None:
    found = level(record(1, 2, 3), record(1, ended=False), record(trouble="the answer was 503"), record(ended=False))

    assert (found.opened, found.begun, found.completed, found.right) == (4, 2, 2, 1)
    assert found.trouble == "the answer was 503"


def test_without_parts_there_are_no_figures() -> None:
    found = level(record(ended=False))

    assert {found.first_p50_ms, found.gap_p50_ms, found.cpu_us} == {None}
    assert not found.together


def test_a_client_that_is_late_speaks_against_its_times() -> None:
    assert make_streams(50, late_p99_ms=5.1).late
    assert not make_streams(50, late_p99_ms=4.9).late


def test_times_four_times_as_long_as_the_client_was_late_count_all_the_same() -> None:
    late = make_streams(50, late_p99_ms=5.1)

    assert late.counted(20.3) is None
    assert late.counted(20.5) == 20.5
    assert make_streams(50, late_p99_ms=4.9).counted(0.1) == 0.1
    assert late.counted(None) is None


def test_parts_that_come_together_at_the_end_are_no_stream() -> None:
    assert make_streams(50, first_p50_ms=1010.0, gap_p50_ms=0.0).together
    assert not make_streams(50, first_p50_ms=1010.0).together  # it began late, and streams
    assert not make_streams(50, gap_p50_ms=0.0).together
    assert not make_streams(50, first_p50_ms=1010.0, gap_p50_ms=0.0, late_p99_ms=900.0).together


def test_the_client_knows_how_long_it_slept() -> None:
    async def blocked() -> list[float]:
        late: list[float] = []
        watch = asyncio.create_task(streams._watch(late))
        await asyncio.sleep(2 * streams.TICK_S)
        time.sleep(0.1)
        await asyncio.sleep(streams.TICK_S)  # in one step of the loop it might end before it looked
        watch.cancel()
        return late

    late = asyncio.run(blocked())

    assert max(late) >= 0.09
    assert len([one for one in late if one > streams.TICK_S]) >= 10  # each moment that it missed
