from __future__ import annotations

from typing import Any

import pytest

from perfcompare.levers.compiled_queries import direct


@pytest.fixture
def anyio_backend() -> str:
    """The event loop of the asynchronous tests, marked with `pytest.mark.anyio`."""
    return "asyncio"


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
