"""Answers 429 to too many requests, with the `limits` package. Loaded only when THROTTLE_RATE is set."""

from __future__ import annotations

import logging
import math
import time
from functools import lru_cache

import limits
from fastapi import HTTPException, Request
from limits.aio.storage import RedisStorage
from limits.aio.strategies import MovingWindowRateLimiter
from redis import RedisError
from redis.asyncio import ConnectionPool

from perfcompare.contract.fastapi.clients import clients
from perfcompare.contract.fastapi.tokens import UserOf
from perfcompare.contract.logging import OnceAMinute

_log = logging.getLogger(__name__)
_log.addFilter(OnceAMinute())


class Throttle:
    """A dependency that limits each user and each anonymous address to `rate`, e.g. `1000/hour`.

    It counts them under the stack's `name`. When Redis is down, it refuses no request.
    """

    def __init__(self, rate: str, name: str, user_of: UserOf) -> None:
        self._rate = limits.parse(rate)
        self._name = name
        self._user_of = user_of

    async def __call__(self, request: Request) -> None:
        """Count the request. Answers 429 when it is one too many."""
        user = await self._user_of(request)
        who = f"user:{user.id}" if user else f"address:{request.client.host if request.client else ''}"
        limiter = _limiter(clients(request).cache.connection_pool)
        try:
            if not await limiter.hit(self._rate, self._name, who):
                reset_at, _ = await limiter.get_window_stats(self._rate, self._name, who)
                raise _too_many(reset_at)
        except RedisError as error:
            _log.warning("Redis is unavailable, requests are not throttled: %s", error)


@lru_cache(maxsize=1)
def _limiter(pool: ConnectionPool) -> MovingWindowRateLimiter:
    # The URL only selects the class. The connections are those of `pool`.
    storage = RedisStorage("async+redis://", implementation="redispy", connection_pool=pool)  # type: ignore[arg-type]
    return MovingWindowRateLimiter(storage)


def _too_many(reset_at: float) -> HTTPException:
    wait_s = max(1, math.ceil(reset_at - time.time()))
    return HTTPException(429, f"Too many requests; again in {wait_s} s.", {"Retry-After": str(wait_s)})
