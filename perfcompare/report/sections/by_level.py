"""A table of what a command measured with many clients at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Row:
    """One number of clients."""

    figures: Sequence[str]
    """In the order of the columns."""
    remarks: Sequence[str]
    """What a reader of these figures must know, in sentences."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """A section of a report that is one table."""

    run: int
    """The number of the run that holds its figures."""
    id: str
    """Of the section in the page."""
    short: str
    """For the list of contents."""
    title: str
    answers: Sequence[str]
    """What the figures show, in sentences."""
    note: str
    columns: Sequence[str]
    groups: Mapping[str, Sequence[Row]]
    """By what was measured: a name to its rows, the fewest clients first."""
