"""Many streams at once: what `manage.py perfcompare streams` measured on the machine of a run."""

from __future__ import annotations

from dataclasses import dataclass

from perfcompare.models import Run
from perfcompare.models.streams import STREAMS, Streamed


@dataclass(frozen=True, kw_only=True)
class Streams:
    """Every stack at every number of streams."""

    run: int
    """The number of the run that holds it."""
    rows: tuple[Streamed, ...]


def collect(run: Run) -> Streams | None:
    """The figures of the machine of `run`, perhaps from another run; None without any."""
    known = STREAMS.newest(run)
    return None if known is None else Streams(run=known[0].pk, rows=known[1])
