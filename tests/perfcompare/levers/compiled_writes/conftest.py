from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from perfcompare.levers.compiled_queries import direct
from perfcompare.levers.compiled_writes import inserting, unique


@pytest.fixture
def compiled() -> Iterator[None]:
    """With the lever, beginning with no statements."""
    inserting._insertions.clear()
    unique._checks.clear()
    inserting.install()
    unique.install()
    yield
    inserting.uninstall()
    unique.uninstall()


@pytest.fixture
def short_ways(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that went the short way."""
    seen: list[str] = []
    original = direct.rows

    def noted(statement: Any, connection: Any) -> list[Any]:
        seen.append(statement.plan.sql)
        return original(statement, connection)

    monkeypatch.setattr(direct, "rows", noted)
    return seen
