"""Django's cache API on the two clients."""

# ruff: noqa: D102 - https://docs.djangoproject.com/en/5.2/topics/cache/#basic-usage documents the methods
from __future__ import annotations

import asyncio
import functools
import logging
import time
from collections.abc import Iterable, Mapping
from typing import Any, Final

from asgiref.sync import AsyncToSync
from django.conf import settings
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.exceptions import ImproperlyConfigured
from hiredis import HiredisError

from perfcompare.levers.cached_bytes import operations
from perfcompare.levers.cached_bytes.address import Address, address
from perfcompare.levers.cached_bytes.coalescing import LoopFlights, ThreadFlights
from perfcompare.levers.cached_bytes.loops import LoopsClient
from perfcompare.levers.cached_bytes.operations import Operation, checked
from perfcompare.levers.cached_bytes.threads import ThreadsClient

_AWAY: Final = (OSError, HiredisError)
_KNOWN_OPTIONS: Final = frozenset(
    {"SOCKET_TIMEOUT", "SOCKET_CONNECT_TIMEOUT", "IGNORE_EXCEPTIONS", "USERNAME", "PASSWORD", "PARSER_CLASS"}
)
_WARN_EVERY_S: Final = 60.0
_MISSING: Final = object()


class CachedBytes(BaseCache):
    """One instance serves all threads, tasks and event loops of a process."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        options = params.get("OPTIONS", {})
        if unknown := set(options) - _KNOWN_OPTIONS:
            raise ImproperlyConfigured(f"cached_bytes has no OPTIONS {sorted(unknown)}; keep django-redis for them.")
        self._ignores = bool(
            options.get("IGNORE_EXCEPTIONS", getattr(settings, "DJANGO_REDIS_IGNORE_EXCEPTIONS", False))
        )
        self._threads, self._loops = _clients(address(location, options))
        self._thread_flights, self._loop_flights = ThreadFlights(), LoopFlights()
        self._log = logging.getLogger(getattr(settings, "DJANGO_REDIS_LOGGER", None) or __name__)
        self._next_warning = 0.0

    def _do(self, operation: Operation) -> Any:
        try:
            return checked(operation, self._threads.ask(operation.commands))
        except _AWAY as error:
            return self._without(operation, error)

    async def _ado(self, operation: Operation) -> Any:
        # A loop that async_to_sync made ends with its call, so a connection of its own would not pay, and nothing else
        # waits on it while a thread's connection is asked.
        if asyncio.get_running_loop() in AsyncToSync.loop_thread_executors:
            return self._do(operation)
        try:
            return checked(operation, await self._loops.ask(operation.commands))
        except _AWAY as error:
            return self._without(operation, error)

    def _without(self, operation: Operation, error: Exception) -> Any:
        if not self._ignores:
            raise error
        now = time.monotonic()
        if now >= self._next_warning:
            self._next_warning = now + _WARN_EVERY_S
            self._log.warning("Going on without the cache: %s", error)
        return operation.away

    def _timeout_s(self, timeout: Any) -> float | None:
        return self.default_timeout if timeout is DEFAULT_TIMEOUT else timeout

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._do(operations.get(self.make_key(key, version), default))

    async def aget(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return await self._ado(operations.get(self.make_key(key, version), default))

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._do(operations.store(self.make_key(key, version), value, self._timeout_s(timeout)))

    async def aset(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        await self._ado(operations.store(self.make_key(key, version), value, self._timeout_s(timeout)))

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> Any:
        return self._do(self._add(key, value, timeout, version))

    async def aadd(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> Any:
        return await self._ado(self._add(key, value, timeout, version))

    def _add(self, key: Any, value: Any, timeout: Any, version: int | None) -> Operation:
        return operations.store(self.make_key(key, version), value, self._timeout_s(timeout), only_new=True)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> Any:
        return self._do(operations.touch(self.make_key(key, version), self._timeout_s(timeout)))

    async def atouch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> Any:
        return await self._ado(operations.touch(self.make_key(key, version), self._timeout_s(timeout)))

    def delete(self, key: Any, version: int | None = None) -> Any:
        return self._do(operations.delete([self.make_key(key, version)]))

    async def adelete(self, key: Any, version: int | None = None) -> Any:
        return await self._ado(operations.delete([self.make_key(key, version)]))

    def get_many(self, keys: Iterable[Any], version: int | None = None) -> Any:
        names = {self.make_key(key, version): key for key in keys}
        return self._do(operations.get_many(names)) if names else {}

    async def aget_many(self, keys: Iterable[Any], version: int | None = None) -> Any:
        names = {self.make_key(key, version): key for key in keys}
        return await self._ado(operations.get_many(names)) if names else {}

    def set_many(self, data: Mapping[Any, Any], timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> Any:
        return self._do(self._set_many(data, timeout, version)) if data else []

    async def aset_many(
        self, data: Mapping[Any, Any], timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> Any:
        return await self._ado(self._set_many(data, timeout, version)) if data else []

    def _set_many(self, data: Mapping[Any, Any], timeout: Any, version: int | None) -> Operation:
        values = {self.make_key(key, version): value for key, value in data.items()}
        return operations.store_many(values, self._timeout_s(timeout))._replace(away=list(data))

    def delete_many(self, keys: Iterable[Any], version: int | None = None) -> None:
        if names := [self.make_key(key, version) for key in keys]:
            self._do(operations.delete(names))

    async def adelete_many(self, keys: Iterable[Any], version: int | None = None) -> None:
        if names := [self.make_key(key, version) for key in keys]:
            await self._ado(operations.delete(names))

    def has_key(self, key: Any, version: int | None = None) -> Any:
        return self._do(operations.exists(self.make_key(key, version)))

    async def ahas_key(self, key: Any, version: int | None = None) -> Any:
        return await self._ado(operations.exists(self.make_key(key, version)))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> Any:
        """The new integer, None when Redis is away and that is ignored; ValueError when there is no such key."""
        return self._do(operations.increase(self.make_key(key, version), delta))

    async def aincr(self, key: Any, delta: int = 1, version: int | None = None) -> Any:
        """See incr."""
        return await self._ado(operations.increase(self.make_key(key, version), delta))

    async def adecr(self, key: Any, delta: int = 1, version: int | None = None) -> Any:
        """See incr."""
        return await self.aincr(key, -delta, version)

    def clear(self) -> Any:
        return self._do(operations.clear())

    async def aclear(self) -> Any:
        return await self._ado(operations.clear())

    def get_or_set(self, key: Any, default: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> Any:
        """The value; worked out by one thread for all that miss it at the same time."""
        value = self.get(key, _MISSING, version)
        if value is not _MISSING:
            return value
        work = functools.partial(self._get_or_add, key, default, timeout, version)
        return self._thread_flights.run(self.make_key(key, version), work)

    def _get_or_add(self, key: Any, default: Any, timeout: Any, version: int | None) -> Any:
        # The flight before this one may have ended between the look-up and this.
        value = self.get(key, _MISSING, version)
        if value is not _MISSING:
            return value
        made = default() if callable(default) else default
        if made is None or self.add(key, made, timeout, version):
            return made
        return self.get(key, made, version)

    async def aget_or_set(
        self, key: Any, default: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> Any:
        """The value; worked out by one task for all that miss it at the same time."""
        value = await self.aget(key, _MISSING, version)
        if value is not _MISSING:
            return value
        work = functools.partial(self._aget_or_add, key, default, timeout, version)
        return await self._loop_flights.run(self.make_key(key, version), work)

    async def _aget_or_add(self, key: Any, default: Any, timeout: Any, version: int | None) -> Any:
        value = await self.aget(key, _MISSING, version)
        if value is not _MISSING:
            return value
        made = default() if callable(default) else default
        if made is None or await self.aadd(key, made, timeout, version):
            return made
        return await self.aget(key, made, version)


@functools.cache
def _clients(where: Address) -> tuple[ThreadsClient, LoopsClient]:
    return ThreadsClient(where), LoopsClient(where)


_shared: list[tuple[str, dict[str, Any], CachedBytes]] = []


def cached_bytes(location: str, params: dict[str, Any]) -> CachedBytes:
    """The cache of these settings: the BACKEND to name in CACHES.

    Django asks for a new one in every thread and, under ASGI, for every request; this gives them all the same.
    """
    for known_location, known_params, cache in _shared:
        if known_location == location and known_params == params:
            return cache
    cache = CachedBytes(location, params)
    _shared.append((location, params, cache))
    return cache
