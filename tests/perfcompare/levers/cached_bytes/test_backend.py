from __future__ import annotations

import asyncio
import logging
import os
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from typing import Any

import pytest
import redis
from asgiref.sync import async_to_sync
from django import VERSION
from django.core.cache import caches
from django.core.cache.backends import redis as djangos
from django_redis.cache import RedisCache

from perfcompare.levers.cached_bytes import BACKEND, LEVER, exclusions
from perfcompare.levers.cached_bytes.backend import cached_bytes
from perfcompare.levers.cached_bytes.cache import CachedBytes
from perfcompare.levers.cached_bytes.install import INSTALLATION
from perfcompare.levers.cached_bytes.values import FinishedMapping
from tests.waiting import until

Ask = Callable[..., Any]
OPTIONS = {"SOCKET_CONNECT_TIMEOUT": 0.5, "SOCKET_TIMEOUT": 0.5}
PREFIX = {"KEY_PREFIX": "cached_bytes_tests"}


def _params(**options: Any) -> dict[str, Any]:
    return {**PREFIX, "OPTIONS": {**OPTIONS, **options}}


@pytest.fixture
def cache() -> Iterator[CachedBytes]:
    made = cached_bytes(os.environ["REDIS_URL"], _params())
    assert isinstance(made, CachedBytes)
    made.delete_many(["a", "b", "c", "n"])
    yield made
    made.delete_many(["a", "b", "c", "n"])


@pytest.fixture
def stock(cache: CachedBytes) -> Iterator[RedisCache]:
    made = RedisCache(os.environ["REDIS_URL"], _params())
    yield made
    made.client.get_client().connection_pool.disconnect()


@pytest.fixture(params=["threads", "loop", "async_to_sync"])
def ask(request: pytest.FixtureRequest, cache: CachedBytes) -> Ask:
    """Calls a method of the cache by its synchronous name, in one of three ways."""

    def call(name: str, *args: Any, **kwargs: Any) -> Any:
        if request.param == "threads":
            return getattr(cache, name)(*args, **kwargs)
        method = getattr(cache, f"a{name}")
        if request.param == "async_to_sync":
            return async_to_sync(method)(*args, **kwargs)

        async def main() -> Any:
            return await method(*args, **kwargs)

        return asyncio.run(main())

    return call


def test_every_method_does_what_djangos_cache_does(ask: Ask) -> None:
    assert ask("get", "a") is None
    assert ask("get", "a", 5) == 5
    assert ask("add", "a", {"x": 1}) is True
    assert ask("add", "a", {"x": 2}) is False
    assert ask("get", "a") == {"x": 1}
    assert ask("has_key", "a") is True
    assert ask("set", "b", [1, 2], 100) is True
    assert ask("get_many", ["a", "b", "c"]) == {"a": {"x": 1}, "b": [1, 2]}
    assert ask("get_many", []) == {}
    assert ask("touch", "b", 50) is True
    assert ask("touch", "b", None) is True
    assert ask("touch", "c") is False
    assert not ask("set_many", {"a": 1, "b": "two", "c": None})
    assert ask("get_many", ["a", "b", "c"]) == {"a": 1, "b": "two", "c": None}
    assert ask("incr", "a", 4) == 5
    assert ask("decr", "a") == 4
    assert ask("delete", "a") is True
    assert ask("delete", "a") is False
    assert ask("has_key", "a") is False
    assert ask("delete_many", ["a", "b", "c"]) in (None, 2)
    assert ask("get_many", ["a", "b", "c"]) == {}


def test_a_timeout_that_is_over_stores_nothing(ask: Ask) -> None:
    ask("set", "a", 1)
    ask("set", "a", 2, 0)

    assert ask("has_key", "a") is False
    assert ask("add", "a", 1, 0) is True
    assert ask("has_key", "a") is False
    ask("set", "a", 1)
    assert ask("touch", "a", 0) is True
    assert ask("has_key", "a") is False


def test_a_value_ends_with_its_timeout(ask: Ask, stock: RedisCache) -> None:
    ask("set", "a", 1, 100)
    ask("set", "b", 1, None)
    ask("set", "c", 1)

    assert 0 < stock.ttl("a") <= 100
    assert stock.ttl("b") is None
    assert 0 < stock.ttl("c") <= 300


@pytest.mark.parametrize("value", [5, {"x": [1, {"y": None}]}, {"x": (1,)}, [1], "text", None, True, 1.5], ids=str)
def test_plain_django_redis_reads_and_writes_the_same_keys(ask: Ask, stock: RedisCache, value: Any) -> None:
    ask("set", "a", value)
    assert stock.get("a") == value
    assert type(stock.get("a")) is type(value)

    stock.set("a", value)
    assert ask("get", "a") == value


def test_an_integer_is_plain_for_every_program(ask: Ask, cache: CachedBytes, stock: RedisCache) -> None:
    raw = stock.client.get_client()
    key = cache.make_key("n")

    ask("set", "n", 1, None)
    assert raw.get(key) == b"1"
    raw.incr(key)
    assert ask("get", "n") == 2
    assert ask("incr", "n") == stock.get("n") == 3


@pytest.mark.parametrize("finished", [False, True])
def test_a_cached_dictionary_is_a_plain_one(ask: Ask, settings: Any, *, finished: bool) -> None:
    settings.PERFCOMPARE = {"cached_bytes": {"finished_json": finished}}
    ask("set", "a", {"x": [1]})

    assert (type(ask("get", "a")) is dict) is not finished
    assert (type(ask("get_many", ["a"])["a"]) is dict) is not finished


def test_a_cached_dictionary_carries_its_json(ask: Ask, settings: Any) -> None:
    settings.PERFCOMPARE = {"cached_bytes": {"finished_json": True}}
    ask("set", "a", {"x": "ü"})

    found = ask("get", "a")

    assert isinstance(found, FinishedMapping)
    assert found.__finished_json__() == '{"x":"ü"}'.encode()


def test_get_or_set_computes_what_is_not_there(ask: Ask) -> None:
    assert ask("get_or_set", "a", lambda: {"x": 1}) == {"x": 1}
    assert ask("get_or_set", "a", lambda: pytest.fail("computed again")) == {"x": 1}
    assert ask("get_or_set", "b", 5) == 5
    assert ask("get_or_set", "c", lambda: None) is None
    assert ask("get_or_set", "c", lambda: pytest.fail("computed again")) is None
    assert ask("has_key", "c") is True


@pytest.mark.parametrize("name", ["get_or_set", "get"])
def test_what_is_there_proves_its_way_once(ask: Ask, name: str, cache: CachedBytes) -> None:
    ask("set", "a", 5)
    proved: list[bool] = []

    class Counted:
        def __init__(self, way: Any) -> None:
            self._way = way

        def holds(self) -> bool:
            proved.append(bool(self._way.holds()))
            return proved[-1]

    cache._way = Counted(cache._way)  # type: ignore[assignment]

    assert ask(name, "a", 6) == 5
    assert proved == [True]


def test_threads_that_miss_a_key_together_compute_it_once(cache: CachedBytes) -> None:
    calls: list[int] = []
    together = threading.Barrier(4, timeout=10)

    def compute() -> int:
        calls.append(1)
        return 5

    def ask_together() -> Any:
        together.wait()
        return cache.get_or_set("a", compute)

    with ThreadPoolExecutor(4) as threads:
        results = [one.result() for one in [threads.submit(ask_together) for _ in range(4)]]

    assert results == [5] * 4
    assert len(calls) == 1


def test_tasks_that_miss_a_key_together_compute_it_once(cache: CachedBytes) -> None:
    calls: list[int] = []

    def compute() -> int:
        calls.append(1)
        return 5

    async def main() -> list[Any]:
        return await asyncio.gather(*(cache.aget_or_set("a", compute) for _ in range(5)))

    assert asyncio.run(main()) == [5] * 5
    assert len(calls) == 1


def test_many_tasks_share_one_connection_and_get_their_own_replies(cache: CachedBytes, stock: RedisCache) -> None:
    raw = stock.client.get_client()
    cache.set_many({f"k{number}": number for number in range(200)}, 5)
    before = _clients(raw)

    async def main() -> tuple[list[Any], set[str]]:
        values = await asyncio.gather(*(cache.aget(f"k{number}") for number in range(200)))
        return values, _clients(raw) - before

    values, connections = asyncio.run(main())

    assert values == list(range(200))
    assert len(connections) == 1


def _clients(raw: Any) -> set[str]:
    """The numbers of the clients that Redis knows; it learns in its own time that one has left."""
    return {client["id"] for client in raw.client_list()}


def test_a_task_that_leaves_does_not_take_the_reply_of_another(cache: CachedBytes) -> None:
    cache.set_many({"a": 1, "b": 2})

    async def main() -> Any:
        await cache.aget("a")
        client = asyncio.create_task(cache.aget("a"))
        staying = asyncio.create_task(cache.aget("b"))
        await asyncio.sleep(0)
        client.cancel()
        return await staying

    assert asyncio.run(main()) == 2


@pytest.mark.parametrize("way", ["threads", "loop"])
def test_a_connection_that_redis_closed_is_replaced(cache: CachedBytes, stock: RedisCache, way: str) -> None:
    raw = stock.client.get_client()

    async def kill() -> None:
        for client in raw.client_list():
            if client["cmd"] in {"set", "get", "incr", "eval"}:
                raw.client_kill_filter(_id=client["id"])
        await asyncio.sleep(0.01)

    async def main() -> Any:
        if way == "threads":
            cache.set("n", 1)
            await kill()
            return cache.incr("n")
        await cache.aset("n", 1)
        await kill()
        return await cache.aincr("n")

    assert asyncio.run(main()) == 2


@pytest.fixture
def silent() -> Iterator[str]:
    """The URL of something that accepts connections and never answers."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


@pytest.fixture
def refusing() -> str:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        return f"redis://127.0.0.1:{server.getsockname()[1]}/0"


@pytest.mark.parametrize("way", ["threads", "loop"])
@pytest.mark.parametrize("kind", ["silent", "refusing"])
def test_with_redis_away_everything_goes_on_and_one_warning_is_logged(
    request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture, way: str, kind: str
) -> None:
    cache: Any = cached_bytes(request.getfixturevalue(kind), _params(IGNORE_EXCEPTIONS=True, SOCKET_TIMEOUT=0.05))
    cache._log = logging.getLogger("tests.cached_bytes")

    # Before Django 6.1 the asynchronous methods of BaseCache ask one key after another.
    one_by_one = way == "loop" and VERSION < (6, 1)
    away: Any = False if one_by_one else None
    none: Any = [] if one_by_one else None

    async def main() -> list[Any]:
        if way == "loop":
            return [
                await cache.aget("a", 5), await cache.ahas_key("a"), await cache.atouch("a"), await cache.aadd("a", 1),
                await cache.aget_many(["a"]), await cache.aset_many({"a": 1}), await cache.aget_or_set("a", lambda: 6),
            ]  # fmt: skip
        return [
            cache.get("a", 5), cache.has_key("a"), cache.incr("a"), cache.add("a", 1), cache.get_many(["a"]),
            cache.set_many({"a": 1}), cache.get_or_set("a", lambda: 6),
        ]  # fmt: skip

    assert asyncio.run(main()) == [5, away, None, None, {}, none, 6]
    assert len(caplog.records) == 1


@pytest.mark.parametrize("way", ["threads", "loop"])
def test_without_ignore_exceptions_the_error_is_raised(refusing: str, way: str) -> None:
    cache: Any = cached_bytes(refusing, _params())

    with pytest.raises(redis.exceptions.ConnectionError):
        cache.get("a") if way == "threads" else asyncio.run(cache.aget("a"))


def test_an_event_loop_leaves_no_connection_behind(cache: CachedBytes, stock: RedisCache) -> None:
    raw = stock.client.get_client()
    before = _clients(raw)

    async def main() -> set[str]:
        await cache.aget("a")
        return _clients(raw) - before

    connections = asyncio.run(main())

    assert len(connections) == 1
    until(lambda: _clients(raw).isdisjoint(connections))


def test_a_child_process_opens_connections_of_its_own(cache: CachedBytes) -> None:
    cache.set("a", 1)
    child = os.fork()
    if child == 0:
        os._exit(0 if not cache._threads._idle and cache.get("a") == 1 else 1)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert cache.get("a") == 1


REPLICAS = ["redis://localhost/1", "redis://localhost/2"]
LEFT: dict[str, tuple[Any, dict[str, Any], type[Any]]] = {
    "several servers": (REPLICAS, {}, djangos.RedisCache),
    "several servers in a text": (",".join(REPLICAS), _params(), RedisCache),
    "several servers with semicolons": (";".join(REPLICAS), {}, djangos.RedisCache),
    "TLS": ("rediss://localhost", _params(), RedisCache),
    "options in the URL": ("redis://localhost?protocol=3", {}, djangos.RedisCache),
    "a compressor": (REPLICAS[0], _params(COMPRESSOR="django_redis.compressors.zlib.ZlibCompressor"), RedisCache),
    "a client": (REPLICAS[0], _params(CLIENT_CLASS="django_redis.client.HerdClient"), RedisCache),
    "a serializer": (REPLICAS[0], {"OPTIONS": {"serializer": djangos.RedisSerializer}}, djangos.RedisCache),
    "something unhashable": (REPLICAS[0], _params(CONNECTION_POOL_KWARGS={"max_connections": 5}), RedisCache),
}


@pytest.mark.parametrize("case", LEFT)
def test_what_it_does_not_know_is_left_to_stock_with_a_sentence(case: str, caplog: pytest.LogCaptureFixture) -> None:
    location, params, stock_class = LEFT[case]
    exclusions._said.clear()

    made = cached_bytes(location, params)

    assert type(made) is stock_class
    assert type(cached_bytes(location, params)) is stock_class
    assert len(caplog.records) == 1
    assert [*INSTALLATION.parts["cache"].objections] == [caplog.records[0].message.removeprefix("cached_bytes is ")]


def test_defaults_that_are_written_out_change_nothing() -> None:
    written = _params(
        CLIENT_CLASS="django_redis.client.DefaultClient",
        SERIALIZER="django_redis.serializers.pickle.PickleSerializer",
        COMPRESSOR="django_redis.compressors.identity.IdentityCompressor",
        MAX_ENTRIES=5,
    )

    assert isinstance(cached_bytes([os.environ["REDIS_URL"]], written), CachedBytes)


def test_what_django_redis_adds_is_its_own(cache: Any) -> None:
    assert cache.set("a", 1, timeout=100, nx=True) is True
    assert cache.set("a", 2, timeout=100, nx=True) is False
    assert 0 < cache.ttl("a") <= 100
    assert cache.delete_pattern("a*") == 1
    with cache.lock("b", timeout=5):
        pass
    assert cache.client.get_client().ping()


def test_the_lever_replaces_redis_back_ends_only(settings: Any) -> None:
    before = {"default": {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": os.environ["REDIS_URL"]}}
    before["other"] = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
    names: dict[str, Any] = {"CACHES": before}

    LEVER.settings(names)
    settings.CACHES = names["CACHES"]

    assert names["CACHES"]["default"]["BACKEND"] == BACKEND
    assert isinstance(caches["default"], CachedBytes)
    assert names["CACHES"]["other"] is before["other"]
    assert before["default"]["BACKEND"] == "django_redis.cache.RedisCache"


def test_all_threads_share_connections_and_nothing_else() -> None:
    first, second = (cached_bytes(os.environ["REDIS_URL"], _params()) for _ in range(2))
    assert isinstance(first, CachedBytes)
    assert isinstance(second, CachedBytes)
    before = second.make_key("a")

    first.key_prefix = "tenant"
    first.mine = 1  # type: ignore[attr-defined]
    with suppress(AttributeError):
        _ = first.client  # type: ignore[attr-defined]  # what stock makes at its first use

    assert second.make_key("a") == before != first.make_key("a")
    assert not hasattr(second, "mine")
    assert second._threads is first._threads
    assert (vars(second)["_client"], vars(first)["_client"] is None) == (None, False)


def test_a_thread_asks_again_on_the_connection_it_gave_back(cache: CachedBytes) -> None:
    cache.get("a")
    idle = list(cache._threads._idle)
    cache.get("a")

    assert list(cache._threads._idle) == idle
