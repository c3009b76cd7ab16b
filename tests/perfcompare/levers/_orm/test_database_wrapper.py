from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from django.db import connections
from django.utils.connection import ConnectionDoesNotExist

from perfcompare.levers._orm.database_wrapper import connection_of


def _in_a_thread() -> tuple[Any, Any]:
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.extend((connection_of("default"), connections["default"])))
    thread.start()
    thread.join()
    first, second = found
    return first, second


def test_it_is_the_threads_own() -> None:
    here = connection_of("default")
    first, second = _in_a_thread()

    assert here is connections["default"]
    assert first is second
    assert first is not here


def test_on_an_event_loop_it_is_the_tasks_own() -> None:
    async def both() -> tuple[Any, Any]:
        return connection_of("default"), connections["default"]

    first, second = asyncio.run(both())

    assert first is second
    assert first is not connections["default"]


def test_a_connection_that_is_replaced_is_seen() -> None:
    before = connections["default"]
    replaced: Any = object()
    connections["default"] = replaced
    try:
        assert connection_of("default") is replaced
    finally:
        connections["default"] = before


def test_an_unknown_alias_is_djangos_error() -> None:
    with pytest.raises(ConnectionDoesNotExist):
        connection_of("nobody")
