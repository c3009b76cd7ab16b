"""Runs the queries of a view at the same time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any


async def together(first: Awaitable[Any], *others: Awaitable[Any]) -> list[Any]:
    """The results of all, in order. The first tells whether the database answers, and the others wait for it.

    Django's asynchronous ORM has one thread for each request. Were all asked at the same time, that thread would begin
    the second query as soon as the first has waited for the database in vain, and the answer would wait twice as long.
    """
    try:
        found = await first
    except BaseException:
        for other in others:
            if asyncio.iscoroutine(other):
                other.close()  # or Python warns that nobody awaited it
        raise
    tasks = [asyncio.ensure_future(other) for other in others]
    try:
        return [found, *await asyncio.gather(*tasks)]
    except BaseException:
        for task in tasks:
            task.cancel()
        raise
