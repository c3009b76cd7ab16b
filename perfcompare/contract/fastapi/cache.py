"""Caches finished answers in Redis. When Redis is down or slow, it continues without it and logs that once a minute."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Final

from fastapi import Response
from pydantic import BaseModel
from redis import RedisError
from redis.asyncio import Redis

from perfcompare.contract.logging import OnceAMinute
from perfcompare.core.limits import CACHE_SECONDS

GENERATION: Final = ":1:users:generation"
"""The key under which Django's cache stores the number that each written user increments (users/generation.py)."""

_log = logging.getLogger(__name__)
_log.addFilter(OnceAMinute())


async def remembered(cache: Redis, key: str | None, compute: Callable[[], Awaitable[BaseModel]]) -> Response:
    """The JSON stored under `key`, or else the result of `compute`, which is stored for CACHE_SECONDS.

    Without a key, nothing is stored.
    """
    if key is None:
        return _answer(_json(await compute()))
    try:
        body = await cache.get(key)
    except RedisError as error:
        _warn(error)
        return _answer(_json(await compute()))
    if body is None:
        body = _json(await compute())
        await _keep(cache, key, body)
    return _answer(body)


async def generation(cache: Redis) -> int | None:
    """The current generation of users, or None when Redis is down. Read it before the rows."""
    try:
        return int(await cache.get(GENERATION) or 0)
    except RedisError as error:
        _warn(error)
        return None


async def raise_generation(cache: Redis) -> None:
    """Invalidate every cached page of users. Call it after the commit."""
    try:
        await cache.incr(GENERATION)
    except RedisError as error:
        _warn(error)


async def _keep(cache: Redis, key: str, body: bytes) -> None:
    try:
        await cache.set(key, body, ex=CACHE_SECONDS)
    except RedisError as error:
        _warn(error)


def _json(model: BaseModel) -> bytes:
    return model.model_dump_json().encode()


def _answer(body: bytes | str) -> Response:
    return Response(body, media_type="application/json")


def _warn(error: RedisError) -> None:
    _log.warning("The cache is unavailable, answering without it: %s", error)
