from __future__ import annotations

from collections.abc import Iterator

import pytest

from perfcompare.levers._orm import single_results
from perfcompare.levers._orm.plans import plans
from tests.perfcompare.levers.compiled_queries.conftest import applied
from users import seeding


@pytest.fixture
def remembering() -> Iterator[None]:
    """Plans are remembered, beginning with none."""
    plans.of.clear()
    single_results._getters.clear()
    plans.remember = True
    yield
    plans.remember = False
    plans.of.clear()
    single_results._getters.clear()


@pytest.fixture
def compiled_on_five_users(db: None) -> Iterator[None]:
    """The lever `compiled_queries`, beginning with no plans, and five seeded users."""
    seeding.seed(count=5, seed=1)
    with applied():
        yield
