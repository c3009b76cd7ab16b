"""Runs queries of a view at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any


async def together(*awaitables: Awaitable[Any]) -> list[Any]:
    """The results of all, in order, as `asyncio.gather` gives them, but the first error cancels the others.

    Django's asynchronous ORM has one thread for each request. When the database is down, each waiting query would
    otherwise wait for its own time limit in that thread, and the answer for all of them.
    """
    tasks = [asyncio.ensure_future(awaitable) for awaitable in awaitables]
    try:
        return await asyncio.gather(*tasks)
    except BaseException:
        for task in tasks:
            task.cancel()
        raise
