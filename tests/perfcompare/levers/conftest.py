from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import router
from django.db.models.sql.compiler import SQLCompiler

from perfcompare.levers._orm.prefetched import Waiting
from perfcompare.levers._replacing.installation import installations
from perfcompare.levers.compiled_queries import direct


@pytest.fixture
def anyio_backend() -> str:
    """The event loop of the asynchronous tests, marked with `pytest.mark.anyio`."""
    return "asyncio"


@pytest.fixture(scope="package", autouse=True)
def counts_add_up() -> Iterator[None]:
    """No call is left to stock that was not counted as a call first; else a lever would say "-4 fast, 4 stock"."""
    yield
    parts = (part for installation in installations().values() for part in installation.parts.values())
    fast = {one.target: one.tally.read()[0] for part in parts for one in part.replacements}
    assert min(fast.values(), default=0) >= 0, fast


@pytest.fixture(autouse=True)
def without_silk(monkeypatch: pytest.MonkeyPatch) -> None:
    """The development settings have a router for silk's tables. At its first request, thus in a test that ran before,
    silk puts a function over Django's compiler. Either makes the levers leave queries to Django."""
    monkeypatch.setattr(router, "routers", [])
    stock = getattr(SQLCompiler, "_execute_sql", SQLCompiler.execute_sql)  # where silk keeps it
    monkeypatch.setattr(SQLCompiler, "execute_sql", stock)


@pytest.fixture
def short_ways(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that go the short way of compiled_queries, as they do."""
    seen: list[str] = []
    original = direct.rows

    def noted(statement: Any, connection: Any) -> list[Any]:
        seen.append(statement.plan.sql)
        return original(statement, connection)

    monkeypatch.setattr(direct, "rows", noted)
    return seen


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Of how many prefetched rows instances were made, for each owner of such rows."""
    numbers: list[int] = []
    built = Waiting.built

    def counted(self: Waiting, rows: Any, owner: Any) -> list[Any]:
        numbers.append(len(rows))
        return built(self, rows, owner)

    monkeypatch.setattr(Waiting, "built", counted)
    return numbers


@pytest.fixture
def cyclic_garbage() -> Callable[[Callable[[], Any]], int]:
    """Counts the objects that only the collector finds after an act, which is done twice before."""

    def count(act: Callable[[], Any]) -> int:
        act()
        act()
        gc.collect()
        gc.disable()
        try:
            act()
            return gc.collect()
        finally:
            gc.enable()

    return count
