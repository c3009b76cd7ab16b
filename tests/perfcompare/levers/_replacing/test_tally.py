"""Counts of what a lever did, and of what it left to stock."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import threading
from typing import Any

import pytest

from perfcompare.levers._replacing import Replacement, Tally
from tests.perfcompare.levers._replacing.conftest import Make
from tests.perfcompare.levers._replacing.library import library, louder, replacement


def test_what_was_called_and_not_left_has_gone_the_levers_way() -> None:
    tally = Tally()
    for _ in range(5):
        next(tally.calls)
    next(tally.left)

    assert tally.read() == (4, 1)


def test_to_look_at_a_count_does_not_change_it() -> None:
    tally = Tally()
    next(tally.calls)

    assert [tally.read() for _ in range(3)] == [(1, 0)] * 3
    next(tally.calls)
    next(tally.left)
    assert tally.read() == (1, 1)


def test_no_call_is_lost_between_threads_while_others_look() -> None:
    tally, seen = Tally(), []

    def call() -> None:
        for number in range(20_000):
            next(tally.calls)
            if number % 4 == 0:
                next(tally.left)

    threads = [threading.Thread(target=call) for _ in range(6)]
    for one in threads:
        one.start()
    while any(one.is_alive() for one in threads):
        seen.append(tally.read())
    for one in threads:
        one.join()

    assert tally.read() == (90_000, 30_000)
    assert all(fast >= 0 and stock >= 0 for fast, stock in seen)


def test_no_call_is_lost_between_tasks() -> None:
    tally = Tally()

    async def call() -> None:
        for _ in range(100):
            next(tally.calls)
            await asyncio.sleep(0)

    async def main() -> None:
        await asyncio.gather(*(call() for _ in range(20)))

    asyncio.run(main())
    assert tally.read() == (2000, 0)


def test_a_forked_process_begins_from_nothing() -> None:
    tally = Tally()
    next(tally.calls)
    reading, writing = os.pipe()

    def child() -> None:
        next(tally.calls)
        next(tally.calls)
        next(tally.left)
        os.write(writing, repr(tally.read()).encode())

    forked = multiprocessing.get_context("fork").Process(target=child)
    forked.start()
    forked.join(10)

    assert os.read(reading, 100) == b"(1, 1)"
    assert tally.read() == (1, 0)
    os.close(reading)
    os.close(writing)


def _counting(owner: Any) -> Replacement:
    def greet(self: Any, name: str = "you") -> str:
        next(made.calls)
        return f"lever {name}" if name == "you" else str(made.original(self, name))

    made: Replacement = replacement(owner, "greet", greet)
    return made


def test_to_ask_for_the_original_counts_as_stock() -> None:
    owner = library()
    made = _counting(owner)
    made.install()
    said = [owner().greet(), owner().greet("Ada"), owner().greet()]
    made.uninstall()

    assert said == ["lever you", "hello Ada", "lever you"]
    assert made.tally.read() == (2, 1)


def test_what_only_adds_something_to_the_original_counts_no_stock() -> None:
    owner = library()
    greet, calls = louder()
    made = replacement(owner, "greet", greet)
    calls.append(made)
    made.install()
    owner().greet()
    made.uninstall()

    assert made.tally.read() == (0, 0)


def test_what_is_no_function_counts_by_a_tally_of_its_own() -> None:
    class Descriptor:
        tally = Tally()

        def __get__(self, instance: Any, owner: Any) -> int:
            next(self.tally.calls)
            return 5

    made = Replacement(library(), "added", Descriptor())
    made.install()
    assert made.owner().added == 5
    made.uninstall()
    assert made.tally.read() == (1, 0)


def test_a_part_has_the_tallies_of_its_replacements_once(lever: Make) -> None:
    class Value:
        tally = Tally()

    made = lever(part=(Replacement(library(), "added", Value()), Replacement(library(), "added", Value())))
    made.install()
    assert made.parts["part"].tallies() == (made.parts["part"].tally, Value.tally)


@pytest.mark.parametrize("read", [0, 3])
def test_it_can_begin_from_nothing(read: int) -> None:
    tally = Tally()
    next(tally.calls)
    next(tally.left)
    for _ in range(read):
        tally.read()
    tally.forget()
    assert tally.read() == (0, 0)
    next(tally.calls)
    assert tally.read() == (1, 0)
