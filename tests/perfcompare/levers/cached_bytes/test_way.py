"""What others have put on stock's way to Redis sees every command, as with stock."""

from __future__ import annotations

import asyncio
import functools
import os
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import redis
from django.core.cache.backends import redis as djangos
from django.core.cache.backends.base import BaseCache
from django_redis.cache import RedisCache
from django_redis.client import DefaultClient
from django_redis.serializers.pickle import PickleSerializer
from redis.connection import AbstractConnection

from perfcompare.levers.cached_bytes.backend import cached_bytes
from perfcompare.levers.cached_bytes.cache import CachedBytes
from perfcompare.levers.cached_bytes.install import INSTALLATION

STOCKS: dict[str, Any] = {"django": djangos.RedisCache, "django-redis": RedisCache}
PATCHED: list[tuple[str, type[Any], str]] = [
    *(
        (stock, owner, name)
        for stock in STOCKS
        for owner, names in (
            (redis.Redis, "execute_command parse_response get set"),
            (redis.ConnectionPool, "get_connection"),
            (AbstractConnection, "send_command read_response"),
            (BaseCache, "aget aset get_or_set"),
        )
        for name in names.split()
    ),
    *(("django", djangos.RedisCache, name) for name in ("get", "set")),
    ("django", BaseCache, "make_key"),
    ("django", djangos.RedisCacheClient, "get"),
    ("django", djangos.RedisSerializer, "dumps"),
    *(("django-redis", RedisCache, name) for name in ("get", "_get", "set")),
    *(("django-redis", DefaultClient, name) for name in ("get", "set", "encode", "make_key")),
    ("django-redis", PickleSerializer, "loads"),
]


def _seen(function: Any, seen: list[str]) -> Any:
    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        seen.append(function.__name__)
        return function(*args, **kwargs)

    return call


def _work(cache: Any) -> None:
    cache.set("k", {"a": 1}, 10)
    cache.get("k")
    cache.get_many(["k"])
    cache.get_or_set("l", 1)
    cache.delete_many(["k", "l"])

    async def main() -> None:
        await cache.aset("k", 1)
        await cache.aget("k")
        await cache.aget_or_set("l", 1)
        await cache.adelete("k")
        await cache.adelete("l")

    asyncio.run(main())


def _made(stock: str) -> dict[str, Any]:
    params = {"STOCK": f"{STOCKS[stock].__module__}.RedisCache", "KEY_PREFIX": "way"}
    return {
        "lever": cached_bytes(os.environ["REDIS_URL"], dict(params)),
        "stock": STOCKS[stock](os.environ["REDIS_URL"], dict(params)),
    }


@pytest.mark.parametrize(("stock", "owner", "name"), PATCHED, ids=lambda one: getattr(one, "__name__", one))
def test_a_function_around_one_of_stocks_sees_all(
    monkeypatch: pytest.MonkeyPatch, stock: str, owner: type[Any], name: str
) -> None:
    seen = {}
    for which, cache in _made(stock).items():
        found: list[str] = []
        _work(cache)
        with monkeypatch.context() as patched:
            patched.setattr(owner, name, _seen(getattr(owner, name), found))
            _work(cache)  # opens a connection
            found.clear()
            _work(cache)
        seen[which] = Counter(found)

    assert seen["lever"] == seen["stock"] != Counter()


@pytest.mark.parametrize("stock", STOCKS)
def test_a_cache_is_one_of_stocks(stock: str) -> None:
    cache: Any = _made(stock)["lever"]

    assert {CachedBytes, STOCKS[stock]} <= {*type(cache).__mro__}
    assert type(cache).__name__ == "RedisCache"
    own: Callable[[], Any] = (lambda: cache._cache.get_client()) if stock == "django" else cache.client.get_client
    assert isinstance(own(), redis.Redis)


def test_the_lever_works_again_when_the_function_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    cache = _made("django")["lever"]
    tally = INSTALLATION.parts["cache"].tally

    def taken() -> tuple[int, int]:
        fast, stock = tally.read()
        cache.get("k")
        now = tally.read()
        return now[0] - fast, now[1] - stock

    assert taken() == (1, 0)
    with monkeypatch.context() as patched:
        patched.setattr(redis.Redis, "get", _seen(redis.Redis.get, []))
        assert taken() == (0, 1)
    assert taken() == (1, 0)
