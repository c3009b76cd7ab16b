"""Names that must do nothing in any kind of report."""

from __future__ import annotations

from perfcompare.core.measurement import Cell

HOSTILE = "<script>alert('x')</script> \"quoted\" | `co`de` \x1b[31m @team\n=1+1"
"""A name with markup, quotes, a pipe, an escape sequence, a mention, a line break and a formula."""
HOSTILE_CELL = Cell(scenario=HOSTILE, stack=HOSTILE, server=HOSTILE, concurrency=1)
