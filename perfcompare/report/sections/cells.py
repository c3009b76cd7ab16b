"""A cell as a page knows it: the way to its profile, and the attributes by which the filters find it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from perfcompare.core.measurement import Cell
from perfcompare.models import profile_url
from perfcompare.report.data.formatting import printable

Link = Callable[[Cell], str]
"""The address of the profile of a cell's stack and scenario; empty where there are no pages."""


def no_link(_cell: Cell) -> str:
    """The link of a page that stands alone."""
    return ""


def profile_link(cell: Cell) -> str:
    """The address of the SQL and the profile of a cell's stack and scenario."""
    return profile_url(cell.stack, cell.scenario)


def attributes(cell: Cell) -> Mapping[str, str]:
    """The attributes `data-…` of a row in HTML, where the template escapes them."""
    return {"stack": cell.stack, "server": cell.server, "scenario": cell.scenario}


def svg_attributes(cell: Cell) -> Mapping[str, str]:
    """The same in a drawing: XML has no way to write control characters."""
    return {name: printable(value) for name, value in attributes(cell).items()}
