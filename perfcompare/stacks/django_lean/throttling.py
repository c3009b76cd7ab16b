"""Answers 429 to too many requests, with the `limits` package. Loaded only when THROTTLE_RATE is set."""

from __future__ import annotations

import logging
import math
import time

import limits
from asgiref.sync import sync_to_async
from django.http import HttpRequest
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis import ConnectionPool, RedisError

from perfcompare.core import env
from perfcompare.core.limits import CACHE_TIMEOUT_S
from perfcompare.stacks.django_lean.authentication import user_of
from perfcompare.stacks.django_lean.endpoints import Refused

_log = logging.getLogger("users.cache")


class Throttle:
    """Limits each user and each anonymous address to `rate`, e.g. `1000/hour`. When Redis is down, it refuses no
    request."""

    def __init__(self, rate: str) -> None:
        self._rate = limits.parse(rate)
        timeouts = {"socket_timeout": CACHE_TIMEOUT_S, "socket_connect_timeout": CACHE_TIMEOUT_S}
        pool = ConnectionPool.from_url(env.text("REDIS_URL"), **timeouts)
        # The URL only selects the class. The connections are those of `pool`.
        self._limiter = MovingWindowRateLimiter(RedisStorage("redis://", connection_pool=pool))

    async def __call__(self, request: HttpRequest) -> None:
        """Count the request. Raises Refused with 429 when it is one too many."""
        user = await user_of(request)
        who = f"user:{user.id}" if user else f"address:{request.META.get('REMOTE_ADDR', '')}"
        try:
            wait_s = await sync_to_async(self._hit)(who)
        except RedisError as error:
            _log.warning("Redis is unavailable, requests are not throttled: %s", error)
            return
        if wait_s:
            raise Refused(429, f"Too many requests; again in {wait_s} s.", headers={"Retry-After": str(wait_s)})

    def _hit(self, who: str) -> int:
        """Count the request. Returns the seconds until the next one is served, or 0 when this one is."""
        if self._limiter.hit(self._rate, "django_lean", who):
            return 0
        reset_at, _ = self._limiter.get_window_stats(self._rate, "django_lean", who)
        return max(1, math.ceil(reset_at - time.time()))
