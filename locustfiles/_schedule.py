"""When requests are due in an open loop: at a fixed rate, whether or not earlier ones have been answered."""

from __future__ import annotations


class Schedule:
    """The evenly spaced moments of this process, `share` of `rate` a second from `start_s` on, each handed out once."""

    def __init__(self, *, rate: float, share: float, phase: float, start_s: float) -> None:
        self._interval_s = 1 / (rate * share)
        self._next_s = start_s + self._interval_s * phase

    def next(self) -> float:
        """The earliest moment that nobody has taken yet; it lies in the past when all users were busy then."""
        due_s = self._next_s
        self._next_s += self._interval_s
        return due_s
