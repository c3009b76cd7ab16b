"""The detectors that look at all visits of a run together, applied to what is stored of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from perfcompare.runner import crosscheck

if TYPE_CHECKING:
    from perfcompare.models.measurement import Measurement


def judged(rows: Sequence[Measurement]) -> list[Measurement]:
    """The rows, unsaved, whose `invalid` holds what their visits showed and what all of them together show."""
    own = {row.pk: [reason for reason in row.invalid if _code(reason) not in crosscheck.codes()] for row in rows}
    seen = [_seen(row, usable=not (own[row.pk] or row.withdrawn)) for row in rows if not row.error]
    found = crosscheck.crosscheck(seen, interleaved=bool(rows and rows[0].run.options.get("interleaved")))
    for row in rows:
        row.invalid = [*own[row.pk], *found.get(row.pk, ())]
    return list(rows)


def _code(reason: str) -> str:
    return reason.partition(":")[0]


def _seen(row: Measurement, *, usable: bool) -> crosscheck.Seen:
    return crosscheck.Seen(
        key=row.pk,
        cell=row.cell,
        round=row.round,
        generator=row.generator,
        goodput=row.goodput or 0.0,
        server_cpu_us=row.server_cpu_us,
        body_bytes=row.body_bytes,
        rate=row.rate,
        configuration=row.configuration,
        usable=usable,
    )
