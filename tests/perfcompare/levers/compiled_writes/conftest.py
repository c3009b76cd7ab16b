from __future__ import annotations

from collections.abc import Iterator

import pytest

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
