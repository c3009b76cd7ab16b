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

from perfcompare.contract.logging import OnceAMinute
from perfcompare.stacks.fastapi.authentication import user_of
from perfcompare.stacks.fastapi.resources import resources

_log = logging.getLogger(__name__)
_log.addFilter(OnceAMinute())


class Throttle:
    """A dependency that limits each user and each anonymous address to `rate`, e.g. `1000/hour`.

    When Redis is down, it refuses no request.
    """

    def __init__(self, rate: str) -> None:
        self._rate = limits.parse(rate)

    async def __call__(self, request: Request) -> None:
        """Count the request. Answers 429 when it is one too many."""
        user = await user_of(request)
        who = f"user:{user.id}" if user else f"address:{request.client.host if request.client else ''}"
        limiter = _limiter(resources(request).cache.connection_pool)
        try:
            if not await limiter.hit(self._rate, "fastapi", who):
                reset_at, _ = await limiter.get_window_stats(self._rate, "fastapi", who)
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
