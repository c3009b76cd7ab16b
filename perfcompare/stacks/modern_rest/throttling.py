"""Answers 429 to too many requests, when THROTTLE_RATE is set."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

from dmr.controller import Controller
from dmr.endpoint import Endpoint
from dmr.security.base import request_auth
from dmr.throttling import AsyncThrottle, Rate
from dmr.throttling.backends import AsyncDjangoCache
from dmr.throttling.cache_keys import BaseThrottleCacheKey

from perfcompare.core import env


@dataclass(slots=True, frozen=True, kw_only=True)
class Asker(BaseThrottleCacheKey):
    """The user where an endpoint authenticates, and the address elsewhere."""

    runs_before_auth: bool = False
    name: str = "asker"

    def __call__(self, endpoint: Endpoint, controller: Controller[Any]) -> str:
        """The key of the request's sender."""
        request = controller.request
        if request_auth(request) is None:
            return f"address:{request.META.get('REMOTE_ADDR', '')}"
        return f"user:{request.user.pk}"


@dataclass(slots=True, frozen=True)
class Unlocked(AsyncDjangoCache):
    """Without a lock. A lock would belong to one event loop, and under WSGI each request has its own."""

    def lock(self, lock: AbstractAsyncContextManager[Any, Any]) -> AbstractAsyncContextManager[Any, Any]:
        """Do nothing. Concurrent requests may count as one, as they may across processes."""
        return nullcontext()


class Throttle(AsyncThrottle):
    """Counts all requests of one sender together. Its base class counts each method by itself."""

    def full_cache_key(self, endpoint: Endpoint, controller: Controller[Any]) -> str | None:
        """The key of the count."""
        return f"modern_rest:{self.cache_key(endpoint, controller)}"


def throttles() -> list[AsyncThrottle]:
    """The throttle of every endpoint, by THROTTLE_RATE, e.g. `1000/hour`; none when it is empty.

    When Redis is down, it refuses no request, because the cache then reports no count.
    """
    count, _, period = env.rate("THROTTLE_RATE").partition("/")
    if not count:
        return []
    duration = next(rate for rate in Rate if rate.name.startswith(period[:1]))
    return [Throttle(int(count), duration, cache_key=Asker(), backend=Unlocked())]
