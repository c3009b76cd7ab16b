"""Tokens and their users in this process's memory, and the mark in the shared cache that makes them stale."""

from __future__ import annotations

import datetime
import decimal
import logging
import time
import uuid
from collections.abc import Hashable
from typing import Any, Final

from django.core.cache import DEFAULT_CACHE_ALIAS, cache
from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.locmem import LocMemCache
from django.db.models import Model
from django.db.models.base import ModelState
from django.utils.module_loading import import_string

from perfcompare.levers._handling.settings import Watched
from perfcompare.levers._locks import fork_safe_lock
from perfcompare.levers.token_cache.settings import options

GENERATION: Final = "token_cache:generation"
_UNCHANGING: Final = frozenset(
    {str, int, bool, float, bytes, type(None), decimal.Decimal, uuid.UUID, ModelState}
    | {datetime.datetime, datetime.date, datetime.time, datetime.timedelta}
)
_log = logging.getLogger(__name__)


def _unshared(given: object) -> str | None:
    """Why the mark in the default cache is no help: the end of a sentence."""
    settings: Any = given
    backend = import_string(settings.CACHES[DEFAULT_CACHE_ALIAS]["BACKEND"])
    if not isinstance(backend, type):
        return None
    if issubclass(backend, (LocMemCache, DummyCache)):
        return f"other processes do not see the default cache, which is a {backend.__name__}"
    return "the default cache asks the database itself" if issubclass(backend, DatabaseCache) else None


UNSHARED: Final = Watched(_unshared)
"""While it says something, nothing is remembered."""


class Memory:
    """Whose a key is, for `ttl_s` seconds; the oldest of `max_entries` entries goes first."""

    def __init__(self) -> None:
        self._entries: dict[Any, tuple[float, Model]] = {}
        self._lock = fork_safe_lock()
        self._generation: Any = None
        self._next_poll = 0.0
        self.epoch = 0
        """Changes whenever everything was forgotten; read it before the database is asked."""

    def find(self, key: Hashable) -> Model | None:
        """A copy of what is remembered."""
        entry = self._entries.get(key)
        return copy(entry[1]) if entry is not None and entry[0] > time.monotonic() else None

    def keep(self, key: Hashable, token: Model, epoch: int) -> None:
        """Remember `token`, unless something was written since `epoch` or it holds what callers could change."""
        kept = copy(token)
        if not (_is_unchanging(token) and all(map(_is_unchanging, token._state.fields_cache.values()))):
            return
        with self._lock:
            if epoch != self.epoch:
                return
            given = options()
            self._entries.pop(key, None)
            while len(self._entries) >= given.max_entries:
                del self._entries[next(iter(self._entries))]
            self._entries[key] = (time.monotonic() + given.ttl_s, kept)

    def forget(self) -> None:
        """Forget everything."""
        with self._lock:
            self.epoch += 1
            self._entries.clear()

    def raise_generation(self) -> None:
        """Make every process forget everything; without the cache only this one does."""
        self.forget()
        if UNSHARED.get() is not None:
            return
        try:
            # Never the same twice: a number that the cache evicts would begin anew.
            cache.set(GENERATION, uuid.uuid4().hex, timeout=None)
        except Exception as error:  # each cache back end has its own
            _log.warning("Cannot tell other processes that tokens have changed: %s", error)

    def poll(self) -> None:
        """Forget everything when another process has written; asks the cache once in `poll_s` seconds."""
        if self._is_due():
            try:
                self._compare(cache.get(GENERATION))
            except Exception as error:
                _log.warning("Cannot read whether tokens have changed: %s", error)

    async def apoll(self) -> None:
        """`poll()` for use on an event loop."""
        if self._is_due():
            try:
                self._compare(await cache.aget(GENERATION))
            except Exception as error:
                _log.warning("Cannot read whether tokens have changed: %s", error)

    def _is_due(self) -> bool:
        now = time.monotonic()
        if now < self._next_poll:
            return False
        self._next_poll = now + options().poll_s
        return True

    def _compare(self, generation: object) -> None:
        if generation != self._generation:
            self._generation = generation
            self.forget()


def copy(instance: Model) -> Any:
    """A new instance with the same values, and copies of the related ones that are loaded, related in the same way."""
    return _copy(instance, {})


def _copy(instance: object, made: dict[int, Any]) -> Any:
    if not isinstance(instance, Model):
        return instance
    # A user knows the token it came with, which knows the user.
    if id(instance) not in made:
        one: Any = type(instance).__new__(type(instance))
        made[id(instance)] = one
        one.__dict__.update(instance.__dict__)
        one._state = ModelState()
        one._state.db, one._state.adding = instance._state.db, instance._state.adding
        cached = instance._state.fields_cache.items()
        one._state.fields_cache = {name: _copy(related, made) for name, related in cached}
    return made[id(instance)]


def _is_unchanging(instance: object) -> bool:
    return all(type(value) in _UNCHANGING for value in vars(instance).values())
