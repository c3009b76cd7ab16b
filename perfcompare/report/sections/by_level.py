"""A table of what a command measured with many clients at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Table:
    """A section of a report that is one table."""

    id: str
    """Of the section in the page."""
    short: str
    """For the list of contents."""
    title: str
    note: str
    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence[str], str]]
    """The name of a row, its figures in the order of the columns, and remarks."""
