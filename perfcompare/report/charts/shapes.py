"""The bars and lines of a chart, before they are drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from perfcompare.core.http import NOTHING
from perfcompare.core.statistics import Interval


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar, with its name and its figures in words above it."""

    name: str
    figure: str
    ratio: str = ""
    """Beside the figure, and instead of it where there is little room."""
    value: float
    """Where it ends."""
    start: float = 0.0
    """Where it begins: above 0 for a step of a waterfall."""
    parts: tuple[float, ...] = ()
    """Pieces from the left that add up to the value; empty for a bar of one piece."""
    names: tuple[str, ...] = ()
    """What each piece is, for the pointer."""
    interval: Interval | None = None
    kind: str = "plain"
    """Its class in the style sheet: what sort of stack or step it is."""
    link: str = ""
    """Where a click on its name leads."""
    data: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    """Attributes `data-…` that the page's filters read."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line through points; None where there is no figure, and so no line."""

    points: tuple[tuple[float, float] | None, ...]
    data: Mapping[str, str] = field(default_factory=lambda: NOTHING)
