"""Timers in each other, across threads and awaits."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from perfcompare.project.audit import spans
from perfcompare.project.audit.spans import ROOT, Recorder
from perfcompare.project.audit.wrapping import spanned, wrap_family


class Clock:
    """Goes on when told."""

    def __init__(self) -> None:
        self.now = 0

    def perf_counter_ns(self) -> int:
        return self.now

    process_time_ns = perf_counter_ns


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(spans, "time", made)
    return made


def _times(recorder: Recorder) -> dict[Any, int]:
    return {key: total.cpu for key, total in recorder.totals.items()}


def test_a_part_is_what_it_takes_without_the_parts_inside_it(clock: Clock) -> None:
    recorder = Recorder()

    def spend(ticks: int) -> None:
        clock.now += ticks

    inner = spanned(recorder, lambda: spend(5), "view", "inner")

    def outer_work() -> None:
        spend(2)
        inner()
        inner()

    outer = spanned(recorder, outer_work, "middleware", "outer")
    with recorder.request():
        spend(1)
        outer()

    assert _times(recorder) == {ROOT: 1, ("middleware", "outer"): 2, ("view", "inner"): 10}
    assert recorder.totals["view", "inner"].count == 2
    assert recorder.totals["middleware", "outer"].children == 2


def test_nothing_is_timed_outside_of_a_request() -> None:
    recorder = Recorder()
    spanned(recorder, lambda: None, "view", "a")()

    assert not recorder.totals


def test_an_error_ends_a_span(clock: Clock) -> None:
    recorder = Recorder()

    def fail() -> None:
        clock.now += 3
        raise KeyError

    with pytest.raises(KeyError), recorder.request():
        spanned(recorder, fail, "view", "a")()

    assert _times(recorder) == {ROOT: 0, ("view", "a"): 3}


def test_asynchronous_parts_that_run_at_the_same_time_do_not_make_the_whole_negative(clock: Clock) -> None:
    recorder = Recorder()

    async def wait() -> None:
        await asyncio.sleep(0)
        clock.now += 5

    part = spanned(recorder, wait, "view", "a")

    async def request() -> None:
        with recorder.request():
            await asyncio.gather(part(), part())

    asyncio.run(request())

    assert recorder.totals["view", "a"].count == 2
    assert recorder.totals[ROOT].cpu >= 0


def test_a_statement_counts_with_the_orm_around_it(clock: Clock) -> None:
    recorder = Recorder()

    def send() -> None:
        clock.now += 5

    def load() -> None:
        clock.now += 2
        spanned(recorder, send, "SQL", "SELECT 1")()

    with recorder.request():
        spanned(recorder, load, "ORM", "instances")()

    assert (recorder.wholes["SELECT 1"].count, recorder.wholes["SELECT 1"].cpu) == (1, 7)


def test_a_connection_that_a_statement_opens_is_not_what_the_statement_costs(clock: Clock) -> None:
    recorder = Recorder()

    def send() -> None:
        clock.now += 5

    def connect() -> None:
        clock.now += 90

    def load() -> None:
        clock.now += 2
        spanned(recorder, connect, "connections", "open")()
        spanned(recorder, send, "SQL", "SELECT 1")()

    with recorder.request():
        spanned(recorder, load, "ORM", "instances")()

    assert (recorder.wholes["SELECT 1"].cpu, recorder.wholes["SELECT 1"].wall) == (7, 7)


def test_a_method_that_calls_its_original_is_one_part(clock: Clock) -> None:
    class Base:
        def work(self) -> int:
            clock.now += 1
            return clock.now

    class Below(Base):
        def work(self) -> int:
            return super().work()

    recorder = Recorder()
    wrap_family(recorder, Base, ["work"], "filters", lambda it: type(it).__name__)
    with recorder.request():
        assert Below().work() == 1

    assert _times(recorder) == {ROOT: 0, ("filters", "Below"): 1}
