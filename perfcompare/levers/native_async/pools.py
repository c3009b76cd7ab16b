"""The pools of the running event loop, and when they must not be used."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import AsyncGenerator
from typing import Final
from weakref import WeakKeyDictionary

from asgiref.sync import AsyncToSync
from django.db import connections

from perfcompare.levers.native_async import trust
from perfcompare.levers.native_async.addresses import unreachable
from perfcompare.levers.native_async.pool import Pool
from perfcompare.levers.native_async.settings import limits
from perfcompare.levers.native_async.transactions import in_transaction

_Pools = dict[str, tuple[Pool | None, AsyncGenerator[None, None] | None]]
_of_loop: Final[WeakKeyDictionary[asyncio.AbstractEventLoop, _Pools]] = WeakKeyDictionary()


async def pool_for(alias: str) -> Pool | None:
    """The pool for the database `alias`; None where Django's own, synchronous way is the right one.

    That is: a database that asyncpg cannot reach as Django does, code inside `transaction.atomic`, whose connection
    belongs to a thread, and code that synchronous code waits for, such as an asynchronous view under WSGI, whose
    event loop ends with it.
    """
    loop = asyncio.get_running_loop()
    if loop in AsyncToSync.loop_thread_executors or not trust.is_stock(alias) or in_transaction(alias):
        return None
    pools = _of_loop.get(loop)
    if pools is None:
        pools = _of_loop[loop] = {}
    if alias not in pools:
        pools[alias] = await _opened(alias)
    pool = pools[alias][0]
    # Settings of a database may change, as the name of a test's does: then the pool leads elsewhere.
    return pool if pool is None or pool.settings == connections.settings[alias] else None


async def close_pools() -> None:
    """Close the pools of the running event loop; what asks afterwards opens new ones."""
    for _pool, lifetime in _of_loop.pop(asyncio.get_running_loop(), {}).values():
        if lifetime is not None:
            await lifetime.aclose()


async def _opened(alias: str) -> tuple[Pool | None, AsyncGenerator[None, None] | None]:
    if unreachable(alias) is not None:
        return None, None
    pool = Pool(alias, limits(), copy.deepcopy(connections.settings[alias]))
    lifetime = _lifetime(pool)
    await anext(lifetime)
    return pool, lifetime


async def _lifetime(pool: Pool) -> AsyncGenerator[None, None]:
    # Every loop closes its asynchronous generators when it ends (loop.shutdown_asyncgens): a hook that needs no server.
    try:
        yield
    finally:
        await pool.close()
