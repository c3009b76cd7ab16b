"""Held connections: the memory of one, and how many were open and served at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from perfcompare.models import Run
from perfcompare.models.connections import CONNECTIONS, Held

LEVEL: Final = 1000
"""At which the claim about memory was made."""


@dataclass(frozen=True, kw_only=True)
class Connections:
    """DRF beside FastAPI; a figure is None where it is not known."""

    run: int
    """The number of the run that holds it."""
    drf_kib: float | None
    """Memory of one connection, at LEVEL of them or the nearest number that was tried; None also when it was none.
    So is the next one."""
    fastapi_kib: float | None
    drf_held: int | None
    """The most connections that were open, in the server and answered at once; so is the next one."""
    fastapi_held: int | None


def collect(run: Run) -> Connections | None:
    """The figures of the machine of `run`, perhaps from another run; None without any."""
    known = CONNECTIONS.newest(run)
    if known is None:
        return None
    holder, rows = known
    drf, fastapi = ([row for row in rows if row.stack == name] for name in ("drf", "fastapi"))
    return Connections(
        run=holder.pk,
        drf_kib=_memory(drf),
        fastapi_kib=_memory(fastapi),
        drf_held=_most(drf),
        fastapi_held=_most(fastapi),
    )


def _memory(rows: list[Held]) -> float | None:
    nearest = min(rows, key=lambda row: abs(row.level.wanted - LEVEL), default=None)
    return nearest.level.kib_each if nearest else None


def _most(rows: list[Held]) -> int | None:
    return max((served(row) for row in rows), default=None)


def served(row: Held) -> int:
    """How many connections the server holds and answers; an open connection may wait forever."""
    level = row.level
    inside = min(level.held, level.in_server)
    return round(inside * level.answered / level.asked) if level.asked else 0
