"""Django's cache API on the two clients; whatever is out of the ordinary is asked of the stock back end.

A cache is an instance of the stock back end's own class too, which does what is not defined here.
"""

# ruff: noqa: D102 - https://docs.djangoproject.com/en/5.2/topics/cache/#basic-usage documents the methods
from __future__ import annotations

import asyncio
import functools
import inspect
import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from types import MethodType
from typing import Any, Final, Self, TypeVar, cast

from asgiref.sync import AsyncToSync, iscoroutinefunction, markcoroutinefunction
from django import VERSION
from django.conf import settings
from django.core.cache import caches
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import connections
from django.utils.module_loading import import_string
from hiredis import HiredisError

from perfcompare.levers.cached_bytes import BACKEND, errors, exclusions, operations
from perfcompare.levers.cached_bytes.address import Address, UnknownError, address
from perfcompare.levers.cached_bytes.async_client import LoopsClient
from perfcompare.levers.cached_bytes.coalescing import LoopTurns, ThreadTurns
from perfcompare.levers.cached_bytes.dialects import BY_PATH, is_plain, stock_path
from perfcompare.levers.cached_bytes.install import INSTALLATION
from perfcompare.levers.cached_bytes.operations import Operation, checked
from perfcompare.levers.cached_bytes.sync_client import ThreadsClient
from perfcompare.levers.cached_bytes.way import way_of

_AWAY: Final = (OSError, HiredisError)
_WARN_EVERY_S: Final = 60.0
_MISSING: Final = object()
_ASKED: Final = INSTALLATION.parts["cache"].tally
_CALLS_SYNCHRONOUS: Final = VERSION >= (6, 1)
"""Whether BaseCache's asynchronous methods do what a back end's synchronous ones do."""

Method = TypeVar("Method", bound=Callable[..., Any])


class _Lean:
    """A method of Django's cache API, while the way of stock's is stock's. Otherwise stock's own method is found, since
    some ask whether a cache has another one than BaseCache (since Django 6.1 all asynchronous ones do)."""

    def __init__(self, method: Callable[..., Any]) -> None:
        takes = frozenset(inspect.signature(method).parameters)
        most = len(takes) - 1

        @functools.wraps(method)
        def call(self: CachedBytes, *args: object, **kwargs: object) -> Any:
            if len(args) <= most and (not kwargs or takes >= kwargs.keys()):
                return method(self, *args, **kwargs)
            return getattr(self.as_stock, call.__name__)(*args, **kwargs)  # it takes more than Django gives

        self._call: Any = markcoroutinefunction(call) if iscoroutinefunction(method) else call

    def __get__(self, cache: CachedBytes | None, _owner: type | None = None) -> Any:
        if cache is None:
            return self._call
        return MethodType(self._call, cache) if cache._way.holds() else getattr(cache.as_stock, self._call.__name__)


def _lean(method: Method) -> Method:
    return cast("Method", _Lean(method))


class CachedBytes(BaseCache):
    """What all caches of the process on the same Redis share is here; each thread, and each request under ASGI, has a
    cache of its own, as it has with stock, for somebody may give it another prefix or a method of its own.
    """

    def __init__(self, location: object, params: dict[str, Any]) -> None:
        """Raises UnknownError for settings that are left to stock."""
        super().__init__(location, params)  # type: ignore[call-arg, arg-type]  # of the stock back end
        options = params.get("OPTIONS", {})
        self._manners = BY_PATH[stock_path(params)]
        if objection := self._manners.objection(options):
            raise UnknownError(objection)
        self._ignores = self._manners.tells and bool(
            options.get("IGNORE_EXCEPTIONS", getattr(settings, "DJANGO_REDIS_IGNORE_EXCEPTIONS", False))
        )
        names = self._manners.names
        connecting = {names[name]: value for name, value in options.items() if name in names}
        self._threads, self._loops = _clients(address(location, connecting))
        self._thread_turns, self._loop_turns = ThreadTurns(), LoopTurns()
        self._log = logging.getLogger(getattr(settings, "DJANGO_REDIS_LOGGER", None) or __name__)
        self._warned = [0.0]  # when the next warning may come; all share the list
        self._way = way_of(stock_path(params))

    def another(self) -> Self:
        """One with the same settings, of which nothing has been changed when this one has not been used."""
        made = type(self).__new__(type(self))
        made.__dict__.update(self.__dict__)
        return made

    @property
    def as_stock(self) -> Any:
        """This cache without the lever; asking for it counts as one call that stock does."""
        next(_ASKED.calls)
        next(_ASKED.left)
        return super()

    def _do(self, operation: Operation) -> Any:
        next(_ASKED.calls)
        try:
            return checked(operation, self._threads.ask(operation.commands))
        except _AWAY as error:
            return self._without(operation, error)

    async def _ado(self, operation: Operation) -> Any:
        # A loop that async_to_sync made ends with its call, so a connection of its own would not pay, and nothing else
        # waits on it while a thread's connection is asked.
        if asyncio.get_running_loop() in AsyncToSync.loop_thread_executors:
            return self._do(operation)
        next(_ASKED.calls)
        try:
            return checked(operation, await self._loops.ask(operation.commands))
        except _AWAY as error:
            return self._without(operation, error)

    def _without(self, operation: Operation, error: Exception) -> Any:
        if not self._ignores:
            raise errors.as_stock(error) from error
        now = time.monotonic()
        if now >= self._warned[0]:
            self._warned[0] = now + _WARN_EVERY_S
            self._log.warning("Going on without the cache: %s", error)
        return operation.away

    def _timeout_s(self, timeout: float | None) -> float | None:
        return self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout

    def _key(self, key: object, version: int | None) -> str:
        if type(key) is not str and self._manners.tells and hasattr(key, "original_key"):
            return str(key)  # django-redis's CacheKey, which has been made before
        made = self.make_key(key, version)
        if self._manners.warns:
            self._manners.key_seen(made)
        return made

    def _keys(self, keys: Iterable[Any], version: int | None) -> dict[str, Any]:
        return {self._key(key, version): key for key in keys}

    @_lean
    def get(self, key: object, default: object = None, version: int | None = None) -> Any:
        return self._do(operations.get(self._key(key, version), default))

    @_lean
    async def aget(self, key: object, default: object = None, version: int | None = None) -> Any:
        return await self._ado(operations.get(self._key(key, version), default))

    @_lean
    def set(
        self,
        key: object,
        value: object,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> Any:
        if not self._manners.takes(value, timeout):
            return self.as_stock.set(key, value, timeout, version)
        return self._told(self._do(self._store(key, value, timeout, version)))

    @_lean
    async def aset(
        self, key: object, value: object, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> Any:
        if not self._manners.takes(value, timeout):
            return await super().aset(key, value, timeout, version)
        return self._told(await self._ado(self._store(key, value, timeout, version)))

    @_lean
    def add(
        self,
        key: object,
        value: object,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> Any:
        if not self._manners.takes(value, timeout):
            return self.as_stock.add(key, value, timeout, version)
        return self._do(self._store(key, value, timeout, version, only_new=True))

    @_lean
    async def aadd(
        self, key: object, value: object, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> Any:
        if not self._manners.takes(value, timeout):
            return await super().aadd(key, value, timeout, version)
        return await self._ado(self._store(key, value, timeout, version, only_new=True))

    def _store(
        self, key: object, value: object, timeout: float | None, version: int | None, *, only_new: bool = False
    ) -> Operation:
        name = self._key(key, version)
        return operations.store(self._manners, name, value, self._timeout_s(timeout), only_new=only_new)

    def _told(self, result: object) -> Any:
        return result if self._manners.tells else None

    @_lean
    def touch(
        self, key: object, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None, **more: object
    ) -> Any:
        if not is_plain(timeout):
            return self.as_stock.touch(key, timeout, version)
        return self._do(operations.touch(self._manners, self._key(key, version), self._timeout_s(timeout)))

    @_lean
    async def atouch(self, key: object, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> Any:
        if not is_plain(timeout):
            return await super().atouch(key, timeout, version)
        return await self._ado(operations.touch(self._manners, self._key(key, version), self._timeout_s(timeout)))

    @_lean
    def delete(self, key: object, version: int | None = None) -> Any:
        return self._do(operations.delete([self._key(key, version)]))

    @_lean
    async def adelete(self, key: object, version: int | None = None) -> Any:
        return await self._ado(operations.delete([self._key(key, version)]))

    @_lean
    def get_many(self, keys: Iterable[Any], version: int | None = None) -> Any:
        names, kind = self._keys(keys, version), self._manners.found
        return self._do(operations.get_many(names, kind)) if names else kind()

    @_lean
    async def aget_many(self, keys: Iterable[Any], version: int | None = None) -> Any:
        names, kind = self._keys(keys, version), self._manners.found if _CALLS_SYNCHRONOUS else dict
        return await self._ado(operations.get_many(names, kind)) if names else kind()

    @_lean
    def set_many(
        self,
        data: Mapping[Any, Any],
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> Any:
        if not all(self._manners.takes(value, timeout) for value in data.values()):
            return self.as_stock.set_many(data, timeout, version)
        if data:
            self._do(self._store_many(data, timeout, version))
        return None if self._manners.tells else []

    @_lean
    async def aset_many(
        self, data: Mapping[Any, Any], timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> Any:
        if not all(self._manners.takes(value, timeout) for value in data.values()):
            return await super().aset_many(dict(data), timeout, version)
        if data:
            await self._ado(self._store_many(data, timeout, version))
        return None if _CALLS_SYNCHRONOUS and self._manners.tells else []

    def _store_many(self, data: Mapping[Any, Any], timeout: float | None, version: int | None) -> Operation:
        values = {self._key(key, version): value for key, value in data.items()}
        return operations.store_many(self._manners, values, self._timeout_s(timeout))

    @_lean
    def delete_many(self, keys: Iterable[Any], version: int | None = None) -> Any:
        names = self._keys(keys, version)
        return self._told(self._do(operations.delete_many(names))) if names else self._manners.none_deleted

    @_lean
    async def adelete_many(self, keys: Iterable[Any], version: int | None = None) -> Any:
        names = self._keys(keys, version)
        found = self._told(await self._ado(operations.delete_many(names))) if names else self._manners.none_deleted
        return found if _CALLS_SYNCHRONOUS else None

    @_lean
    def has_key(self, key: object, version: int | None = None) -> Any:
        return self._do(operations.exists(self._key(key, version)))

    @_lean
    def incr(self, key: object, delta: int = 1, version: int | None = None) -> Any:
        """The new number; what is no integer, or not there, is left to stock, and so is all with Django's own way."""
        if type(delta) is not int or not self._manners.tells:
            return self.as_stock.incr(key, delta, version)
        operation = operations.increase(self._key(key, version), delta)
        next(_ASKED.calls)
        try:
            found = checked(operation, self._threads.ask(operation.commands))
        except HiredisError:
            found = None
        except OSError as error:
            return self._without(operation, error)
        if found is None:
            next(_ASKED.left)
            return super().incr(key, delta, version)
        return found

    @_lean
    async def aincr(self, key: object, delta: int = 1, version: int | None = None) -> Any:
        """What `incr` does, or, before Django 6.1, `aget` and `aset`, in one question to Redis."""
        operation = None
        # Each of the two would warn of the key.
        if type(delta) is int and not self._manners.warns:
            name, timeout_s = self._key(key, version), self._timeout_s(DEFAULT_TIMEOUT)
            operation = (
                operations.increase(name, delta)
                if _CALLS_SYNCHRONOUS
                else operations.store_increased(self._manners, name, delta, timeout_s)
            )
        if operation is not None and asyncio.get_running_loop() not in AsyncToSync.loop_thread_executors:
            with suppress(*_AWAY):
                found = checked(operation, await self._loops.ask(operation.commands))
                if found is not None:
                    next(_ASKED.calls)
                    return found
        return await super().aincr(key, delta, version)

    @_lean
    def clear(self) -> Any:
        emptied = self._do(operations.clear())
        return None if self._manners.tells else emptied

    @_lean
    async def aclear(self) -> Any:
        emptied = await self._ado(operations.clear())
        return None if self._manners.tells else emptied

    @_lean
    def get_or_set(
        self, key: object, default: object, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> Any:
        """The value; worked out by one thread for all that miss it at the same time."""
        if self._has_own(_GET):  # which would prove the way once more
            value = self._do(operations.get(self._key(key, version), _MISSING))
        else:
            value = self.get(key, _MISSING, version)
        if value is not _MISSING:
            return value
        # What holds locks in a database must not wait for somebody who may be waiting for them.
        if any(connection.in_atomic_block for connection in connections.all(initialized_only=True)):
            return super().get_or_set(key, default, timeout, version)
        with self._thread_turns.turn(self.make_key(key, version)):
            return super().get_or_set(key, default, timeout, version)

    @_lean
    async def aget_or_set(
        self, key: object, default: object, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> Any:
        """The value; worked out by one task for all that miss it at the same time."""
        if self._has_own(_AGET):
            value = await self._ado(operations.get(self._key(key, version), _MISSING))
        else:
            value = await self.aget(key, _MISSING, version)
        if value is not _MISSING:
            return value
        async with self._loop_turns.turn(self.make_key(key, version)):
            return await super().aget_or_set(key, default, timeout, version)

    def _has_own(self, method: Callable[..., Any]) -> bool:
        """Whether nobody has put another one in the place of that method of this class."""
        name = method.__name__
        return getattr(type(self), name) is method and name not in vars(self)


_GET: Final = CachedBytes.get
_AGET: Final = CachedBytes.aget


@functools.cache
def cache_class(path: str) -> Any:
    """CachedBytes, as a kind of the stock back end with that dotted path; raises UnknownError where it knows none."""
    if path not in BY_PATH:
        raise UnknownError(f"it does not know {path}")
    stock: Any = import_string(path)
    return type(stock.__name__, (CachedBytes, stock), {"__module__": CachedBytes.__module__})


@functools.cache
def _clients(where: Address) -> tuple[ThreadsClient, LoopsClient]:
    return ThreadsClient(where), LoopsClient(where)


REPLACEMENTS: Final = ()
"""A cache is named in settings, and nothing is replaced."""


def objections() -> Iterator[str]:
    """Which caches are left to stock, and why."""
    named = [name for name, cache in settings.CACHES.items() if cache["BACKEND"] == BACKEND]
    ways = [made._way for made in map(caches.__getitem__, named) if isinstance(made, CachedBytes)]
    yield from exclusions.sentences()
    yield from dict.fromkeys(said for way in ways for said in way.objections())
