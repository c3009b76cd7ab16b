"""How often a lever took its own way in this process, and how often it left a call to stock.

Both ways are counted where they begin, by the `next` number of an `itertools.count`: one call of C code, which no other
thread can interrupt. The lever's own way pays for one number, and the way to stock for two.
"""

from __future__ import annotations

import os
from itertools import count
from threading import Lock
from typing import Final
from weakref import WeakSet


class _Number:
    """How many numbers of `count` stand for a call."""

    __slots__ = ("_taken", "count")

    def __init__(self) -> None:
        self.count = count()
        self._taken = 0
        """Numbers that stand for no call: to look at a count is to take one."""

    def read(self) -> int:
        """The number of calls; only for whoever holds the lock."""
        number = next(self.count) - self._taken
        self._taken += 1
        return number

    def forget(self) -> None:
        """Begin again from nothing."""
        self._taken = next(self.count) + 1


class Tally:
    """The count of one thing that a lever does: take the next of `calls` for each call, and the next of `left` for each
    that stock does after all. The difference has gone the lever's way, even where that ended in an error."""

    __slots__ = ("__weakref__", "_calls", "_left", "calls", "left")

    def __init__(self) -> None:
        self._calls, self._left = _Number(), _Number()
        self.calls, self.left = self._calls.count, self._left.count
        _tallies.add(self)

    def read(self) -> tuple[int, int]:
        """How often the lever went its own way, and how often stock did it, up to now."""
        with _lock:
            left = self._left.read()  # first, since each of these calls is among the others
            return self._calls.read() - left, left

    def forget(self) -> None:
        """Begin again from nothing."""
        self._calls.forget()
        self._left.forget()


_tallies: Final[WeakSet[Tally]] = WeakSet()
_lock = Lock()


def _in_child() -> None:
    """A process that was forked has done nothing yet; nobody in it will give back a lock that another thread held."""
    global _lock
    _lock = Lock()
    for one in tuple(_tallies):
        one.forget()


os.register_at_fork(after_in_child=_in_child)
