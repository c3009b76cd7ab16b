from __future__ import annotations

from collections.abc import Iterator

import pytest

from perfcompare.levers.lean_filters.install import INSTALLATION
from tests.perfcompare.levers.installed import installed


@pytest.fixture
def lever() -> Iterator[None]:
    with installed(INSTALLATION):
        yield
