"""Every method, with values and arguments of every kind, gives what the stock back end gives."""

from __future__ import annotations

import asyncio
import enum
import functools
import math
import os
import threading
import warnings
from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.cache.backends.redis import RedisCache as DjangosCache
from django.utils.safestring import mark_safe
from django_redis.cache import RedisCache
from django_redis.util import CacheKey

from perfcompare.levers.cached_bytes import coalescing
from perfcompare.levers.cached_bytes.backend import cached_bytes
from perfcompare.levers.cached_bytes.cache import CachedBytes


class Number(int):
    pass


class Colour(enum.Enum):
    RED = 1


def _own_key(key: str, prefix: str, version: int) -> str:
    return f"{version}/{prefix}/{key}"


PARAMS: dict[str, tuple[Any, dict[str, Any]]] = {
    "django": (DjangosCache, {"STOCK": "django.core.cache.backends.redis.RedisCache"}),
    "django-redis": (RedisCache, {"STOCK": "django_redis.cache.RedisCache", "TIMEOUT": None}),
    "own keys": (RedisCache, {"STOCK": "django_redis.cache.RedisCache", "KEY_FUNCTION": _own_key, "VERSION": 3}),
}
VALUES: dict[str, Any] = {
    "None": None, "false": False, "true": True, "zero": 0, "number": 5, "huge number": 2**80, "negative": -(2**63),
    "own number": Number(7), "float": 0.1, "NaN": float("nan"), "text": "ü", "empty": "", "digits": "5",
    "safe text": mark_safe("<b>"), "bytes": b"5", "list": [1, None], "tuple": (1,), "set": {1}, "dict": {"a": [1, {}]},
    "odd keys": {1: 2}, "ordered": OrderedDict(a=1), "member": Colour.RED, "surrogate": {"a": "\ud800"},
    "lambda": lambda: None, "generator": (one for one in "ab"), "lock": {"a": threading.Lock()},
    "big": {"a": "x" * 10**6},
}  # fmt: skip
TIMEOUTS: tuple[Any, ...] = (None, 0, -1, 0.5, 100, 1.5, True, "7", "text", float("nan"), float("inf"))

Act = Callable[[Any], Any]


def _of(prefix: str, values: dict[str, Any], act: Callable[[Any, Any], Any]) -> dict[str, Act]:
    return {f"{prefix} {name}": functools.partial(_act, act, value) for name, value in values.items()}


def _act(act: Callable[[Any, Any], Any], value: Any, cache: Any) -> Any:
    return act(cache, value)


_TIMES = {repr(one): one for one in TIMEOUTS}
ACTS: dict[str, Act] = {
    **_of("set and get", VALUES, lambda c, v: (c.set("k", v), c.get("k"), c.get("k", 5))),
    **_of("get_or_set", VALUES, lambda c, v: (c.get_or_set("k", v), c.has_key("k"))),
    **_of("add", VALUES, lambda c, v: (c.add("k", v), c.add("k", 5), c.get("k"))),
    **_of("many", VALUES, lambda c, v: (c.set_many({"k": v, "l": v}), c.get_many("klm"))),
    **_of("increase", VALUES, lambda c, v: (c.set("k", v, 100), c.incr("k", 2), c.decr("k"), c.get("k"), _ttl(c))),
    **_of("set for", _TIMES, lambda c, t: (c.set("k", 1, 100), c.set("k", 2, t), c.get("k"), _ttl(c))),
    **_of("add for", _TIMES, lambda c, t: (c.add("k", 2, t), c.get("k"), _ttl(c))),
    **_of("touch", _TIMES, lambda c, t: (c.touch("k", t), c.set("k", 1), c.touch("k", t), _ttl(c))),
    **_of("touch for ever", _TIMES, lambda c, t: (c.set("k", 1, None), c.touch("k", t), _ttl(c))),
    **_of("many for", _TIMES, lambda c, t: (c.set_many({"k": 1}, t), c.get("k"), _ttl(c))),
    **_of("get_or_set for", _TIMES, lambda c, t: (c.get_or_set("k", 1, t), _ttl(c))),
    "lambda for nothing": lambda c: c.set("k", lambda: None, 0),
    "default of get": lambda c: (c.get("k"), c.get("k", 5), c.get("k", default=None, version=2)),
    "delete": lambda c: (c.delete("k"), c.set("k", 1), c.delete("k"), c.delete("k")),
    "delete many": lambda c: (c.set("k", 1), c.delete_many(["k", "l"]), c.delete_many([]), c.get("k")),
    "has": lambda c: (c.has_key("k"), c.set("k", None), c.has_key("k"), "k" in c),
    "increase what is missing": lambda c: c.incr("k"),
    "decrease what is missing": lambda c: c.decr("k"),
    "increase": lambda c: (c.set("k", 5, 100), c.incr("k"), c.incr("k", 4), c.decr("k", 2), c.get("k"), _ttl(c)),
    "increase by nothing known": lambda c: (c.set("k", 5), c.incr("k", 1.5)),
    "increase by a text": lambda c: (c.set("k", 5), c.incr("k", "2")),
    "increase too far": lambda c: (c.set("k", 2**63 - 1), c.incr("k"), c.get("k")),
    "versions": lambda c: (c.set("k", 1, version=2), c.get("k"), c.get("k", version=2), c.delete("k", version=2)),
    "next version": lambda c: (c.set("k", 1, 100), c.incr_version("k"), c.get("k"), c.decr_version("k", version=2)),
    "version of nothing": lambda c: c.incr_version("k"),
    "nothing many": lambda c: (c.get_many([]), c.set_many({})),
    "numbers for keys": lambda c: (c.set(5, 1), c.get(5), c.get("5"), c.get_many([5])),
    "a made key": lambda c: (c.set(CacheKey("made"), 1), c.get("made"), c.get(CacheKey("made")), c.delete("made")),
    "a long key": lambda c: (c.set("k" * 300, 1), c.get("k" * 300)),
    "clear": lambda c: (c.set("k", 1), c.clear(), c.get("k")),
    "callable": lambda c: (c.get_or_set("k", lambda: {"a": 1}), c.get_or_set("k", lambda: 1 // 0)),
    "failing callable": lambda c: c.get_or_set("k", lambda: 1 // 0),
}


def _ttl(cache: Any) -> Any:
    """In half seconds, upwards: a busy machine takes a part of one between the command and this."""
    left = _raw().pttl(cache.make_key("k"))
    return left if left < 0 else math.ceil(left / 500) / 2


class Awaited:
    """The asynchronous methods of a cache, called by the names of the synchronous ones."""

    def __init__(self, cache: Any) -> None:
        self._cache = cache

    def __getattr__(self, name: str) -> Any:
        if name == "make_key":
            return self._cache.make_key

        def call(*args: Any, **kwargs: Any) -> Any:
            async def main() -> Any:
                return await getattr(self._cache, f"a{name}")(*args, **kwargs)

            return asyncio.run(main())

        return call

    def __contains__(self, key: str) -> bool:
        return key in self._cache


@pytest.fixture(autouse=True)
def _empty() -> Iterator[None]:
    _raw().flushdb()
    yield
    _raw().flushdb()


def _database_of_these_tests() -> str:
    return os.environ["REDIS_URL"].split("?")[0] + "?db=9"


@functools.cache
def _raw() -> Any:
    return RedisCache(_database_of_these_tests(), {}).client.get_client()


def _outcome(cache: Any, act: Act) -> tuple[str, Any, list[str]]:
    _raw().flushdb()
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            result = repr(act(cache))
        except Exception as error:
            result = f"{type(error).__module__}.{type(error).__name__}: {_stable(str(error))}"
    # A key is looked at once more where one asks first and stores then.
    said = sorted({str(one.message) for one in warned if "memcached" in str(one.message)})
    return result, sorted(_raw().keys()), said


def _stable(text: str) -> str:
    return text.split(" at 0x")[0].replace("tests.perfcompare.levers.cached_bytes.", "")


@pytest.mark.parametrize("way", ["synchronous", "asynchronous"])
@pytest.mark.parametrize("stock", PARAMS)
@pytest.mark.parametrize("name", ACTS)
def test_the_outcome_is_that_of_stock(name: str, stock: str, way: str) -> None:
    kind, params = PARAMS[stock]
    expected: Any = kind(_database_of_these_tests(), dict(params))
    made: Any = cached_bytes(_database_of_these_tests(), dict(params))
    assert isinstance(made, CachedBytes)
    if way == "asynchronous":
        expected, made = Awaited(expected), Awaited(made)

    assert _outcome(made, ACTS[name]) == _outcome(expected, ACTS[name])


@pytest.fixture
def made() -> Any:
    return cached_bytes(_database_of_these_tests(), dict(PARAMS["django-redis"][1]))


def test_those_who_miss_a_key_together_share_no_object(made: Any) -> None:
    together = threading.Barrier(3, timeout=10)

    def ask() -> Any:
        together.wait()
        return made.get_or_set("k", lambda: {"a": []})

    with ThreadPoolExecutor(3) as threads:
        found = [one.result() for one in [threads.submit(ask) for _ in range(3)]]
    found[0]["a"].append(1)

    assert found[1] == found[2] == {"a": []}


def test_an_error_of_another_thread_is_not_ones_own(made: Any) -> None:
    started, waiting = threading.Event(), threading.Event()

    def fail() -> Any:
        started.set()
        assert waiting.wait(10)
        raise ZeroDivisionError

    with ThreadPoolExecutor(2) as threads:
        failing = threads.submit(made.get_or_set, "k", fail)
        assert started.wait(10)
        other = threads.submit(made.get_or_set, "k", lambda: 5)
        waiting.set()

        assert other.result() == 5
        with pytest.raises(ZeroDivisionError):
            failing.result()


def test_nobody_waits_for_ever_for_who_waits_for_them(made: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coalescing, "LONGEST_WAIT_S", 0.01)
    lock, started = threading.Lock(), threading.Event()

    def take_the_lock() -> int:
        started.set()
        with lock:
            return 1

    with ThreadPoolExecutor(1) as threads:
        with lock:
            first = threads.submit(made.get_or_set, "k", take_the_lock)
            assert started.wait(10)
            assert made.get_or_set("k", lambda: 2) == 2
        assert first.result() == 2


def test_a_task_that_asks_inside_its_own_answer_does_not_wait_for_itself() -> None:
    turns = coalescing.LoopTurns()

    async def main() -> int:
        async with turns.turn("k"), turns.turn("k"):
            return 5

    assert asyncio.run(asyncio.wait_for(main(), 1)) == 5
