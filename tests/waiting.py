"""Waiting for what comes about in its own time, on whatever machine."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

_T = TypeVar("_T")


def until(condition: Callable[[], _T], seconds: float = 60.0) -> _T:
    """What the condition gives as soon as it is true; AssertionError when that takes longer than any machine needs."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "It did not come about."
        time.sleep(0.02)
    return found
