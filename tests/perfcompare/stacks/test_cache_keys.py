"""What stacks store in the cache that they share when they are measured."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import LazySettings
from django.core.cache import cache

from perfcompare.registries import stacks
from tests.perfcompare.stacks.asynchronous import get

URLCONFS = sorted(
    {stack.django.urlconf for stack in stacks.values() if stack.django and "cached_users" in stack.scenarios}
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("seeded")]


@pytest.mark.parametrize("urlconf", URLCONFS)
def test_a_stack_reads_no_page_and_no_result_that_another_stack_of_its_framework_stored(
    urlconf: str, settings: LazySettings
) -> None:
    settings.ROOT_URLCONF = urlconf
    stored: list[set[str]] = []
    for name in ("one", "other"):
        settings.STACK_NAME = name
        cache.clear()
        assert get("/cached-users").status_code == 200
        assert get("/expensive").status_code == 200
        stored.append(_keys())

    assert len(stored[0]) == len(stored[1]) == 2
    assert stored[0].isdisjoint(stored[1])


def _keys() -> set[str]:
    """What is stored, but for the number that all stacks count up."""
    found: Any = cache
    return {key for key in found._cache if not key.endswith("users:generation")}
