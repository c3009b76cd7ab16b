"""A table of what a command measured with many clients at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from perfcompare.report.charts import plots
from perfcompare.report.charts.shapes import Bar
from perfcompare.report.data import formatting
from perfcompare.report.data.kinds import Kind


@dataclass(frozen=True, kw_only=True)
class Row:
    """One number of clients."""

    figures: Sequence[str]
    """In the order of the columns."""
    remarks: Sequence[str]
    """What a reader of these figures must know, in sentences."""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What one of the clients' messages takes of the server's CPU."""

    name: str
    """Of what was measured."""
    kind: Kind
    clients: int
    cpu_us: float | None


@dataclass(frozen=True, kw_only=True)
class Table:
    """A section of a report that is one table, with pictures of it."""

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
    pictures: Sequence[tuple[str, SafeString]]
    """Each with its caption."""
    columns: Sequence[str]
    groups: Mapping[str, Sequence[Row]]
    """By what was measured: a name to its rows, the fewest clients first."""


def pictures(costs: Iterable[Cost], unit: str, clients: str) -> Sequence[tuple[str, SafeString]]:
    """The costs at the largest number of clients at which two at least are known, as bars; none without such a number.

    `unit` is what CPU is counted for ("a part"), `clients` what there are many of ("streams").
    """
    by_number: dict[int, list[Bar]] = defaultdict(list)
    for one in costs:
        if one.cpu_us is not None:
            by_number[one.clients].append(_bar(one, one.cpu_us))
    most = max((number for number, bars in by_number.items() if len(bars) > 1), default=None)
    if most is None:
        return []
    caption = f"CPU {unit}, {most:,} {clients}: shorter is better"
    return [(caption, plots.bars(caption, by_number[most]))]


def _bar(cost: Cost, cpu_us: float) -> Bar:
    figure = f"{formatting.number(cpu_us)} µs"
    return Bar(name=formatting.printable(cost.name), figure=figure, value=cpu_us, kind=cost.kind.value)
