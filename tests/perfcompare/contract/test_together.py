from __future__ import annotations

import asyncio
from collections.abc import Generator

import pytest

from perfcompare.contract.together import together


async def _after(steps: int, value: str) -> str:
    for _ in range(steps):
        await asyncio.sleep(0)
    return value


def test_results_come_in_the_order_of_what_was_asked_for() -> None:
    async def ask() -> list[str]:
        return await together(_after(3, "slow"), _after(0, "quick"))

    assert asyncio.run(ask()) == ["slow", "quick"]


def test_nothing_else_is_asked_before_the_first_answer() -> None:
    began: list[str] = []

    async def other() -> None:
        began.append("another")

    class Property:
        """Not a coroutine, as adrf's `adata`."""

        def __await__(self) -> Generator[None, None, None]:
            began.append("a property")
            yield

    async def fail() -> None:
        await asyncio.sleep(0)
        raise LookupError

    async def ask() -> None:
        with pytest.raises(LookupError):
            await together(fail(), other(), Property())

    asyncio.run(ask())
    assert began == []


def test_the_first_error_of_the_others_cancels_the_rest() -> None:
    ended: list[str] = []

    async def endless() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")

    async def fail() -> None:
        await asyncio.sleep(0)
        raise LookupError

    async def ask() -> None:
        with pytest.raises(LookupError):
            await together(_after(1, "first"), endless(), fail(), endless())
        await asyncio.sleep(0)
        assert ended == ["cancelled", "cancelled"]

    asyncio.run(ask())
