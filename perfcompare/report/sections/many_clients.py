"""The tables of what commands measured with many clients at once."""

from __future__ import annotations

from collections.abc import Sequence

from perfcompare.report.data.report import Report
from perfcompare.report.sections import sockets, streams
from perfcompare.report.sections.by_level import Table


def own(report: Report) -> Sequence[Table]:
    """Those whose figures are of this run."""
    return [one for one in _tables(report) if one.run == report.number]


def others(report: Report) -> Sequence[Table]:
    """Those whose figures are of another run on its machine."""
    return [one for one in _tables(report) if one.run != report.number]


def _tables(report: Report) -> Sequence[Table]:
    return [one for one in (streams.table(report), sockets.table(report)) if one]
