"""Applies the detectors of a run as a whole to its stored trials."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from perfcompare.core.objection import Figure
from perfcompare.runner import crosscheck

if TYPE_CHECKING:
    from perfcompare.models.measurement import Measurement


def judged(rows: Sequence[Measurement]) -> list[Measurement]:
    """The rows, unsaved, with the objections of each trial and those of the run as a whole."""
    for row in rows:
        row.objections = [one for one in row.objections if one["code"] not in crosscheck.codes()]
    seen = [_seen(row) for row in rows if not row.error]
    found = crosscheck.crosscheck(seen, in_turns=bool(rows and rows[0].run.options.get("interleaved")))
    for row in rows:
        row.objections = [*row.objections, *(one.stored() for one in found.get(row.pk, ()))]
    return list(rows)


def _seen(row: Measurement) -> crosscheck.Seen:
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
        spoiled=frozenset[Figure]().union(*(one.figures for one in row.against)),
    )
