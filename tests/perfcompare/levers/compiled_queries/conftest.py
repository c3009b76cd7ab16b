from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from django.db.models import QuerySet

from perfcompare.levers._orm import getting
from perfcompare.levers._orm.plans import plans
from perfcompare.levers.compiled_queries import reading

Lever = AbstractContextManager[None]


@contextmanager
def applied() -> Iterator[None]:
    """With the lever, beginning with no plans."""
    before = {name: getattr(QuerySet, name) for name in ("_fetch_all", "get", "count")}
    plans.of.clear()
    getting._getters.clear()
    plans.remember = True
    reading.install()
    yield
    plans.remember = False
    for name, method in before.items():
        setattr(QuerySet, name, method)


@pytest.fixture
def compiled() -> Iterator[None]:
    with applied():
        yield
