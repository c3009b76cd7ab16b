from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import QuerySet
from django.db.transaction import Atomic

from perfcompare.levers.native_async import creating, reading, transactions

T = TypeVar("T")
Run = Callable[[Coroutine[Any, Any, T]], T]

_METHODS = ("__aiter__", "aget", "acount", "aexists", "afirst", "alast", "aget_or_create", "acreate")


@pytest.fixture
def native() -> Iterator[None]:
    """The lever for one test. Its database has no transaction around it: other connections must see the rows."""
    before: list[tuple[Any, str, Any]] = [(QuerySet, name, getattr(QuerySet, name)) for name in _METHODS]
    before += [(Atomic, name, getattr(Atomic, name)) for name in ("__enter__", "__exit__")]
    before += [(BaseDatabaseWrapper, "get_autocommit", BaseDatabaseWrapper.get_autocommit)]
    transactions.watch()
    reading.install()
    creating.install()
    yield
    for owner, name, method in before:
        setattr(owner, name, method)


@pytest.fixture
def no_hops(native: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing may be left to Django's synchronous way."""

    def refused(*_args: Any, **_kwargs: Any) -> Any:
        raise AssertionError("This was left to Django, in a thread.")

    monkeypatch.setattr(reading, "sync_to_async", refused)
    for name in list(reading.DJANGO):
        monkeypatch.setitem(reading.DJANGO, name, refused)


@pytest.fixture
def run() -> Run[Any]:
    """Runs a coroutine on an event loop of its own, as an ASGI server would."""

    async def clean(coroutine: Coroutine[Any, Any, T]) -> T:
        try:
            return await coroutine
        finally:
            await sync_to_async(connections.close_all)()  # what was left to Django, in its thread

    return lambda coroutine: asyncio.run(clean(coroutine))
