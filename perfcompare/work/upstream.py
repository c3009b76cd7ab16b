"""Asking the upstream service, once for synchronous and once for asynchronous callers.

urllib3 and aiohttp because each is the fast, kept client of its kind; every stack of a kind uses the same one.
"""

from __future__ import annotations

import asyncio
import threading
from typing import Any
from weakref import WeakKeyDictionary

import aiohttp
import urllib3

from perfcompare.core import env
from perfcompare.core.limits import UPSTREAM_TIMEOUT_S


class UpstreamUnavailableError(Exception):
    """Raised when the upstream service refuses or breaks the connection."""


class UpstreamTimeoutError(Exception):
    """Raised when the upstream service has not answered within UPSTREAM_TIMEOUT_S."""


_pools: dict[str, urllib3.PoolManager] = {}
_sessions: WeakKeyDictionary[asyncio.AbstractEventLoop, aiohttp.ClientSession] = WeakKeyDictionary()
_lock = threading.Lock()


def address() -> str:
    """The service's URL, from UPSTREAM_URL."""
    return env.text("UPSTREAM_URL")


def fetch(delay_ms: int) -> Any:
    """The service's JSON after `delay_ms` milliseconds; raises the two errors of this module."""
    try:
        reply = _pool().request("GET", address(), fields={"delay_ms": str(delay_ms)})
    except urllib3.exceptions.NewConnectionError as error:  # which urllib3 counts among the time-outs
        raise UpstreamUnavailableError from error
    except urllib3.exceptions.TimeoutError as error:
        raise UpstreamTimeoutError from error
    except urllib3.exceptions.HTTPError as error:
        raise UpstreamUnavailableError from error
    return reply.json()


def _pool() -> urllib3.PoolManager:
    with _lock:
        if "pool" not in _pools:
            _pools["pool"] = urllib3.PoolManager(
                maxsize=64, timeout=urllib3.Timeout(total=UPSTREAM_TIMEOUT_S), retries=False
            )
        return _pools["pool"]


def new_session() -> aiohttp.ClientSession:
    """A client with the contract's time limit and no limit on connections; the caller closes it."""
    return aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=UPSTREAM_TIMEOUT_S), connector=aiohttp.TCPConnector(limit=0)
    )


async def afetch(delay_ms: int, *, shared: bool) -> Any:
    """The service's JSON after `delay_ms` milliseconds; raises the two errors of this module.

    `shared`: keep one client for the running loop. False when the loop ends with the request, as it does for an
    asynchronous Django view under WSGI: a client kept there would leak.
    """
    if shared:
        return await get(_session(), delay_ms)
    async with new_session() as session:
        return await get(session, delay_ms)


def _session() -> aiohttp.ClientSession:
    loop = asyncio.get_running_loop()
    session = _sessions.get(loop)
    if session is None:
        session = _sessions[loop] = new_session()
    return session


async def get(session: aiohttp.ClientSession, delay_ms: int) -> Any:
    """The service's JSON through `session`; raises the two errors of this module."""
    try:
        async with session.get(address(), params={"delay_ms": str(delay_ms)}) as reply:
            return await reply.json()
    except TimeoutError as error:
        raise UpstreamTimeoutError from error
    except aiohttp.ClientError as error:
        raise UpstreamUnavailableError from error
