"""What the tests of asynchronous stacks find."""

from __future__ import annotations

import pytest
from django.conf import LazySettings
from django.core.cache import cache

from perfcompare.work import upstream
from tests.perfcompare.stacks.asynchronous import DATASET
from users import seeding


@pytest.fixture
def seeded(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few users, an empty cache of this process, and an upstream that answers at once."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    monkeypatch.setattr(upstream, "afetch", _answer)
    seeding.seed(count=DATASET.count, seed=DATASET.seed)


async def _answer(delay_ms: int, *, shared: bool) -> dict[str, object]:
    return {"delay_ms": delay_ms, "source": f"shared: {shared}"}
