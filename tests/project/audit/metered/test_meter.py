"""What counts as the application's time."""

from __future__ import annotations

import json

import pytest

from perfcompare.project.audit.metered.meter import Meter


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The process's CPU time, which a test sets."""
    now = [0]
    monkeypatch.setattr("time.process_time_ns", lambda: now[0])
    return now


def _application(metered: Meter) -> int:
    found: int = json.loads(metered.answer())["application"]
    return found


def test_what_it_calls_back_is_not_its_own(clock: list[int]) -> None:
    metered = Meter()
    with metered:
        clock[0] = 5
        with metered.paused():
            clock[0] = 7
        clock[0] = 10

    assert _application(metered) == 8


def test_requests_at_the_same_time_count_once(clock: list[int]) -> None:
    metered = Meter()
    with metered:
        clock[0] = 2
        with metered:
            clock[0] = 6
        clock[0] = 7
    clock[0] = 9

    assert json.loads(metered.answer()) == {"process": 9, "application": 7}
