"""A tuned stack that exists for one test."""

from __future__ import annotations

from dataclasses import replace

import pytest

from perfcompare import registries
from tests.perfcompare.report.tuned import LEVERS, TUNED, lever


@pytest.fixture
def _tuned(monkeypatch: pytest.MonkeyPatch) -> None:
    """DRF with two levers under a name of its own."""
    stack = replace(registries.stacks["drf"], label="DRF tuned", levers=LEVERS)
    monkeypatch.setitem(registries.stacks._items, TUNED, stack)
    for name in LEVERS:
        monkeypatch.setitem(registries.levers._items, name, lever(name))
