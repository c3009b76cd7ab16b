from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from perfcompare.project.audit import steps
from perfcompare.project.audit.steps import Steps


def test_each_step_is_told_with_the_time_that_those_before_it_let_expect(monkeypatch: pytest.MonkeyPatch) -> None:
    clock: Any = SimpleNamespace(s=100.0, monotonic=lambda: clock.s)
    monkeypatch.setattr(steps, "time", clock)
    said: list[str] = []
    measuring = Steps(say=said.append, doing="Measuring", number=4)
    for what, took_s in (("a", 10), ("b", 30), ("c", 0)):
        measuring.next(what)
        clock.s += took_s
    assert said == [
        "Measuring 1 of 4: a",
        "Measuring 2 of 4: b; about 30 s left",
        "Measuring 3 of 4: c; about 40 s left",
    ]
