from __future__ import annotations

from collections.abc import Iterator

import pytest

from perfcompare.levers.compiled_writes import inserts, unique
from perfcompare.levers.compiled_writes.install import INSTALLATION
from tests.perfcompare.levers.installed import installed


@pytest.fixture
def compiled() -> Iterator[None]:
    """With the lever, beginning with no statements."""
    inserts._insertions.clear()
    unique._checks.clear()
    with installed(INSTALLATION, "inserts", "unique"):
        yield
