"""What a command measured with many clients at once on the machine of a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from perfcompare.models import Run
from perfcompare.models.by_level import Found, Kept

L = TypeVar("L", bound=Any)


@dataclass(frozen=True, kw_only=True)
class Levels(Generic[L]):
    """Every stack at every number of clients."""

    run: int
    """The number of the run that holds it."""
    rows: tuple[Found[L], ...]


def collect(kept: Kept[L], run: Run) -> Levels[L] | None:
    """The figures of the machine of `run`, perhaps from another run; None without any."""
    known = kept.newest(run)
    return None if known is None else Levels(run=known[0].pk, rows=known[1])
