from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from perfcompare.levers.native_async import creation, reads
from perfcompare.levers.native_async.install import INSTALLATION
from tests.perfcompare.levers.installed import installed

T = TypeVar("T")
Run = Callable[[Coroutine[Any, Any, T]], T]


@pytest.fixture
def native() -> Iterator[None]:
    """The lever for one test. Its database has no transaction around it: other connections must see the rows."""
    with installed(INSTALLATION):
        yield


@pytest.fixture
def no_hops(native: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing may be left to Django's synchronous way."""

    def refused(*_args: Any, **_kwargs: Any) -> Any:
        raise AssertionError("This was left to Django, in a thread.")

    monkeypatch.setattr(reads, "sync_to_async", refused)
    for replaced in (*reads.REPLACEMENTS, *creation.REPLACEMENTS):
        monkeypatch.setattr(replaced, "inner", refused)


def _forget_connections() -> None:
    """In this thread: those that other tests made before the lever was installed are not known to it."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        del connections[connection.alias]


@pytest.fixture
def run() -> Run[Any]:
    """Runs a coroutine on an event loop of its own, as an ASGI server would."""

    async def clean(coroutine: Coroutine[Any, Any, T]) -> T:
        await sync_to_async(_forget_connections)()
        try:
            return await coroutine
        finally:
            await sync_to_async(connections.close_all)()  # what was left to Django, in its thread

    return lambda coroutine: asyncio.run(clean(coroutine))
