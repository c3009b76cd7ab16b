from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from perfcompare.levers.cached_bytes.coalescing import LoopFlights, ThreadFlights, coalesced
from tests.waiting import until


def test_threads_that_ask_at_the_same_time_share_one_call() -> None:
    flights, calls, started, go_on = ThreadFlights(), [0], threading.Event(), threading.Event()

    def work() -> int:
        calls[0] += 1
        started.set()
        assert go_on.wait(10)
        return 5

    with ThreadPoolExecutor(4) as threads:
        first = threads.submit(flights.run, "key", work)
        assert started.wait(10)
        others = [threads.submit(flights.run, "key", work) for _ in range(3)]
        assert flights.run("other key", lambda: 6) == 6
        until(lambda: threads._work_queue.empty())
        go_on.set()

        assert [one.result() for one in (first, *others)] == [5] * 4
    assert calls[0] <= 2  # a thread that comes after the end works for itself


def test_the_error_of_the_one_who_works_is_that_of_all_and_is_not_kept() -> None:
    flights = ThreadFlights()

    with pytest.raises(ZeroDivisionError):
        flights.run("key", lambda: 1 // 0)
    assert flights.run("key", lambda: 5) == 5


def test_a_call_from_inside_itself_does_not_wait_for_itself() -> None:
    flights = ThreadFlights()

    assert flights.run("key", lambda: flights.run("key", lambda: 5) + 1) == 6


def test_tasks_that_ask_at_the_same_time_share_one_call() -> None:
    calls: list[str] = []

    @coalesced(key=lambda name: name)
    async def work(name: str) -> str:
        calls.append(name)
        await asyncio.sleep(0)
        return name.upper()

    async def ask() -> Any:
        return await asyncio.gather(work("a"), work("a"), work("b"), work("a"))

    assert asyncio.run(ask()) == ["A", "A", "B", "A"]
    assert sorted(calls) == ["a", "b"]


@pytest.mark.parametrize("error", [ZeroDivisionError, None], ids=str)
def test_tasks_share_an_error_but_not_a_cancellation(error: type[Exception] | None) -> None:
    flights = LoopFlights()

    async def work() -> int:
        await asyncio.sleep(0.01)
        if error:
            raise error
        return 5

    async def ask() -> list[Any]:
        tasks = [asyncio.create_task(flights.run("key", work)) for _ in range(3)]
        await asyncio.sleep(0)
        if not error:
            tasks[0].cancel()
        return await asyncio.gather(*tasks, return_exceptions=True)

    results = asyncio.run(ask())

    assert [type(one) for one in results] == ([error] * 3 if error else [asyncio.CancelledError, int, int])


def test_a_synchronous_function_is_coalesced_by_thread() -> None:
    @coalesced(key=lambda number: number)
    def work(number: int) -> int:
        return number + 1

    assert work(1) == 2
