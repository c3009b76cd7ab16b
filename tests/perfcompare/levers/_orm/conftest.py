from __future__ import annotations

from collections.abc import Iterator

import pytest

from perfcompare.levers._orm import getting
from perfcompare.levers._orm.plans import plans


@pytest.fixture
def remembering() -> Iterator[None]:
    """Plans are remembered, beginning with none."""
    plans.of.clear()
    getting._getters.clear()
    plans.remember = True
    yield
    plans.remember = False
    plans.of.clear()
    getting._getters.clear()
