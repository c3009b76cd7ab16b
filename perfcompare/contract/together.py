"""Queries that a view asks for at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any


async def together(*awaitables: Awaitable[Any]) -> list[Any]:
    """What all of them give, in their order, as `asyncio.gather` does; but the first error cancels the others.

    Django's asynchronous ORM has one thread for each request. With the database away, every query that still waits
    for it would wait for its own time limit, and the answer behind them, in the same thread, for all of them.
    """
    tasks = [asyncio.ensure_future(awaitable) for awaitable in awaitables]
    try:
        return await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        raise
