from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from perfcompare.levers._orm import single_results
from perfcompare.levers._orm.plans import plans
from perfcompare.levers.compiled_queries.install import INSTALLATION
from tests.perfcompare.levers.installed import installed

Lever = AbstractContextManager[None]


@contextmanager
def applied() -> Iterator[None]:
    """With the lever, beginning with no plans."""
    plans.of.clear()
    single_results._getters.clear()
    with installed(INSTALLATION):
        yield


@pytest.fixture
def compiled() -> Iterator[None]:
    with applied():
        yield
