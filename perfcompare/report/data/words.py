"""How plain figures and lists are written: the part of `formatting` that knows no stored run."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap
from typing import Final

from perfcompare.core.statistics import Interval

NOTHING: Final = "-"
LINE: Final = 120
"""Characters of a terminal's line."""


def number(value: float | None) -> str:
    """Three significant digits at least, thousands set apart; a dash for None."""
    if value is None:
        return NOTHING
    return f"{value:,.{0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2}f}"


def times(value: float, bounds: Interval | None) -> str:
    """The same of a plain number."""
    return f"{number(value)}x" + (f" {interval(bounds)}" if bounds else "")


def interval(value: Interval | None) -> str:
    """`[2.90, 3.30]`; a dash without one."""
    return NOTHING if value is None else f"[{number(value.low)}, {number(value.high)}]"


def fitted(name: str, width: int) -> Sequence[str]:
    """The beginning of a line of figures: the name at this width; one that is longer has lines of its own above."""
    return [name.ljust(width)] if len(name) <= width else [*wrap(name, LINE), " " * width]


def both(names: Sequence[str]) -> str:
    """`a`; `a and b`; `a, b and c`."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def many(number: int, noun: str) -> str:
    """`1 step`; `1,200 steps`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def listed(noun: str, names: Sequence[str]) -> str:
    """`step 1`; `steps 1, 2 and 5`."""
    return f"{noun}{'s' if len(names) > 1 else ''} {both(names)}"
