"""Django's cache API on the two clients; whatever is out of the ordinary is asked of the stock back end."""

# ruff: noqa: D102 - https://docs.djangoproject.com/en/5.2/topics/cache/#basic-usage documents the methods
from __future__ import annotations

import asyncio
import functools
import logging
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, Final

from asgiref.sync import AsyncToSync
from django import VERSION
from django.conf import settings
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import connections
from django.utils.module_loading import import_string
from hiredis import HiredisError

from perfcompare.levers.cached_bytes import errors, exclusions, operations
from perfcompare.levers.cached_bytes.address import Address, UnknownError, address
from perfcompare.levers.cached_bytes.async_client import LoopsClient
from perfcompare.levers.cached_bytes.coalescing import LoopTurns, ThreadTurns
from perfcompare.levers.cached_bytes.dialects import BY_PATH, is_plain, stock_path
from perfcompare.levers.cached_bytes.install import INSTALLATION
from perfcompare.levers.cached_bytes.operations import Operation, checked
from perfcompare.levers.cached_bytes.sync_client import ThreadsClient

_AWAY: Final = (OSError, HiredisError)
_WARN_EVERY_S: Final = 60.0
_MISSING: Final = object()
_ASKED: Final = INSTALLATION.parts["cache"].tally
_CALLS_SYNCHRONOUS: Final = VERSION >= (6, 1)
"""Whether BaseCache's asynchronous methods do what a back end's synchronous ones do."""


class CachedBytes(BaseCache):
    """One instance serves all threads, tasks and event loops of a process.

    What it does not define itself, stock does: methods that django-redis adds to Django's, arguments that it adds to
    them, time-outs that are no numbers, and what BaseCache makes of the methods here.
    """

    def __init__(self, location: object, params: dict[str, Any]) -> None:
        """Raises UnknownError for settings that are left to stock."""
        super().__init__(params)
        options = params.get("OPTIONS", {})
        path = stock_path(params)
        if path not in BY_PATH:
            raise UnknownError(f"it does not know {path}")
        self._manners = BY_PATH[path]
        if objection := self._manners.objection(options):
            raise UnknownError(objection)
        self._settings = location, params
        self._ignores = self._manners.tells and bool(
            options.get("IGNORE_EXCEPTIONS", getattr(settings, "DJANGO_REDIS_IGNORE_EXCEPTIONS", False))
        )
        names = self._manners.names
        connecting = {names[name]: value for name, value in options.items() if name in names}
        self._threads, self._loops = _clients(address(location, connecting))
        self._thread_turns, self._loop_turns = ThreadTurns(), LoopTurns()
        self._log = logging.getLogger(getattr(settings, "DJANGO_REDIS_LOGGER", None) or __name__)
        self._next_warning = 0.0

    @property
    def stock(self) -> Any:
        """What would be there without the lever, on the same Redis; asking for it counts as one call that it does."""
        next(_ASKED.calls)
        next(_ASKED.left)
        return self._stock

    @functools.cached_property
    def _stock(self) -> Any:
        return import_string(self._manners.path)(*self._settings)

    def __getattr__(self, name: str) -> Any:
        """What stock has beyond Django's cache API."""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.stock, name)

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
        if now >= self._next_warning:
            self._next_warning = now + _WARN_EVERY_S
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

    def get(self, key: object, default: object = None, version: int | None = None, **more: object) -> Any:
        if more:
            return self.stock.get(key, default, version, **more)
        return self._do(operations.get(self._key(key, version), default))

    async def aget(self, key: object, default: object = None, version: int | None = None) -> Any:
        return await self._ado(operations.get(self._key(key, version), default))

    def set(
        self,
        key: object,
        value: object,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
        **more: object,
    ) -> Any:
        if more or not self._manners.takes(value, timeout):
            return self.stock.set(key, value, timeout, version, **more)
        return self._told(self._do(self._store(key, value, timeout, version)))

    async def aset(
        self, key: object, value: object, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> Any:
        if not self._manners.takes(value, timeout):
            return await super().aset(key, value, timeout, version)
        return self._told(await self._ado(self._store(key, value, timeout, version)))

    def add(
        self,
        key: object,
        value: object,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
        **more: object,
    ) -> Any:
        if more or not self._manners.takes(value, timeout):
            return self.stock.add(key, value, timeout, version, **more)
        return self._do(self._store(key, value, timeout, version, only_new=True))

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

    def touch(
        self, key: object, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None, **more: object
    ) -> Any:
        if more or not is_plain(timeout):
            return self.stock.touch(key, timeout, version, **more)
        return self._do(operations.touch(self._manners, self._key(key, version), self._timeout_s(timeout)))

    async def atouch(self, key: object, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None) -> Any:
        if not is_plain(timeout):
            return await super().atouch(key, timeout, version)
        return await self._ado(operations.touch(self._manners, self._key(key, version), self._timeout_s(timeout)))

    def delete(self, key: object, version: int | None = None, **more: object) -> Any:
        if more:
            return self.stock.delete(key, version, **more)
        return self._do(operations.delete([self._key(key, version)]))

    async def adelete(self, key: object, version: int | None = None) -> Any:
        return await self._ado(operations.delete([self._key(key, version)]))

    def get_many(self, keys: Iterable[Any], version: int | None = None, **more: object) -> Any:
        if more:
            return self.stock.get_many(keys, version, **more)
        names, kind = self._keys(keys, version), self._manners.found
        return self._do(operations.get_many(names, kind)) if names else kind()

    async def aget_many(self, keys: Iterable[Any], version: int | None = None) -> Any:
        names, kind = self._keys(keys, version), self._manners.found if _CALLS_SYNCHRONOUS else dict
        return await self._ado(operations.get_many(names, kind)) if names else kind()

    def set_many(
        self,
        data: Mapping[Any, Any],
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
        **more: object,
    ) -> Any:
        if more or not all(self._manners.takes(value, timeout) for value in data.values()):
            return self.stock.set_many(data, timeout, version, **more)
        if data:
            self._do(self._store_many(data, timeout, version))
        return None if self._manners.tells else []

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

    def delete_many(self, keys: Iterable[Any], version: int | None = None, **more: object) -> Any:
        if more:
            return self.stock.delete_many(keys, version, **more)
        names = self._keys(keys, version)
        return self._told(self._do(operations.delete_many(names))) if names else self._manners.none_deleted

    async def adelete_many(self, keys: Iterable[Any], version: int | None = None) -> Any:
        names = self._keys(keys, version)
        found = self._told(await self._ado(operations.delete_many(names))) if names else self._manners.none_deleted
        return found if _CALLS_SYNCHRONOUS else None

    def has_key(self, key: object, version: int | None = None, **more: object) -> Any:
        if more:
            return self.stock.has_key(key, version, **more)
        return self._do(operations.exists(self._key(key, version)))

    def incr(self, key: object, delta: int = 1, version: int | None = None, **more: object) -> Any:
        """The new number; what is no integer, or not there, is left to stock, and so is all with Django's own way."""
        if more or type(delta) is not int or not self._manners.tells:
            return self.stock.incr(key, delta, version, **more)
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
            return self._stock.incr(key, delta, version)
        return found

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

    def incr_version(self, *args: object, **kwargs: object) -> Any:
        return self.stock.incr_version(*args, **kwargs)

    def clear(self, **more: object) -> Any:
        if more:
            return self.stock.clear(**more)
        emptied = self._do(operations.clear())
        return None if self._manners.tells else emptied

    async def aclear(self) -> Any:
        emptied = await self._ado(operations.clear())
        return None if self._manners.tells else emptied

    def get_or_set(
        self, key: object, default: object, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> Any:
        """The value; worked out by one thread for all that miss it at the same time."""
        value = self.get(key, _MISSING, version)
        if value is not _MISSING:
            return value
        # What holds locks in a database must not wait for somebody who may be waiting for them.
        if any(connection.in_atomic_block for connection in connections.all(initialized_only=True)):
            return super().get_or_set(key, default, timeout, version)
        with self._thread_turns.turn(self.make_key(key, version)):
            return super().get_or_set(key, default, timeout, version)

    async def aget_or_set(
        self, key: object, default: object, timeout: float | None = DEFAULT_TIMEOUT, version: int | None = None
    ) -> Any:
        """The value; worked out by one task for all that miss it at the same time."""
        value = await self.aget(key, _MISSING, version)
        if value is not _MISSING:
            return value
        async with self._loop_turns.turn(self.make_key(key, version)):
            return await super().aget_or_set(key, default, timeout, version)


@functools.cache
def _clients(where: Address) -> tuple[ThreadsClient, LoopsClient]:
    return ThreadsClient(where), LoopsClient(where)


REPLACEMENTS: Final = ()
"""A cache is named in settings, and nothing is replaced."""


def objections() -> Iterable[str]:
    """Which caches are left to stock, and why."""
    return exclusions.sentences()
