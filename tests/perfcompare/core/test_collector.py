"""What a process tells of its garbage collector, while it collects."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from perfcompare.core import collector
from perfcompare.runner.collector import Collections, read


@pytest.fixture(autouse=True)
def only_asked_for() -> Iterator[None]:
    """No collection but those of the test, and nothing that stays."""
    before = list(gc.callbacks)
    gc.disable()
    yield
    gc.enable()
    gc.callbacks[:] = before


def test_younger_collections_are_counted_and_full_ones_timed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(collector.VARIABLE, str(tmp_path))
    collector.tell()

    gc.collect(0)
    gc.collect(1)
    assert read(tmp_path) == Collections(younger=2, full_ns=0)

    gc.collect()
    found = read(tmp_path)
    assert (found.younger, found.full_ns > 0) == (2, True)
    assert [path.name for path in tmp_path.iterdir()] == [str(os.getpid())]


def test_a_process_that_nobody_measures_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(collector.VARIABLE, raising=False)
    before = list(gc.callbacks)

    collector.tell()

    assert gc.callbacks == before
