"""A quantity with readings at some moments and interpolation between them."""

from __future__ import annotations

from bisect import bisect_left

from perfcompare.core.errors import PerfcompareError


class OutsideError(PerfcompareError):
    """Raised when a moment lies before the first reading or after the last one."""


class Timeline:
    """Readings of a cumulative quantity in the order of their times."""

    def __init__(self) -> None:
        self._times: list[float] = []
        self._values: list[float] = []

    def add(self, at_s: float, value: float) -> None:
        """Add the reading `value` at `at_s`, which is later than all before."""
        self._times.append(at_s)
        self._values.append(value)

    def at(self, moment_s: float) -> float:
        """The value at that moment, on the straight line between its neighbours; OutsideError beyond the readings."""
        if not self._times or not self._times[0] <= moment_s <= self._times[-1]:
            raise OutsideError("The load generator reports a window outside the sampled time.")
        after = bisect_left(self._times, moment_s)
        if self._times[after] == moment_s:
            return self._values[after]
        share = (moment_s - self._times[after - 1]) / (self._times[after] - self._times[after - 1])
        return self._values[after - 1] + share * (self._values[after] - self._values[after - 1])

    def within(self, start_s: float, end_s: float) -> tuple[float, float]:
        """The moments of the first and the last reading within these two moments; the two themselves when there is
        none."""
        inside = [moment for moment in self._times if start_s <= moment <= end_s]
        return (inside[0], inside[-1]) if inside else (start_s, end_s)

    def between(self, start_s: float, end_s: float) -> float:
        """Its increase between the two moments."""
        return self.at(end_s) - self.at(start_s)
