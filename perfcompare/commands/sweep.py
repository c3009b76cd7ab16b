"""`manage.py perfcompare sweep`: raises one setting, and shows each stack's knee and where one stack overtakes
another."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, Literal

from perfcompare import session
from perfcompare.commands._command import VISITS, Command, Output
from perfcompare.commands._options import add_settings, demonstration, settings
from perfcompare.commands._types import levels, names
from perfcompare.core.objection import Figure
from perfcompare.core.statistics import bootstrap, median
from perfcompare.models import Measurement, Run
from perfcompare.report.data import formatting
from perfcompare.report.data.labels import stack_label
from perfcompare.report.findings.crossovers import Curve, Point, crossovers, unknown
from perfcompare.targets.demonstration import selection
from perfcompare.targets.demonstration.catalog import CATALOG

Setting = Literal["concurrency", "workers", "threads"]
VALUES: Final[Mapping[Setting, tuple[int, ...]]] = {
    "concurrency": (1, 4, 16, 64, 256),
    "workers": (1, 2, 4),
    "threads": (1, 2, 4, 8, 16, 32),
}
_CONCURRENCY: Final = 32


def arguments(parser: ArgumentParser) -> None:
    """The setting to raise, its values, and the stacks."""
    parser.add_argument(
        "--over", choices=sorted(VALUES), default="concurrency", help="the setting to raise (default: %(default)s)"
    )
    parser.add_argument(
        "--values", type=levels, metavar="N,N", help="values to measure (default: those of the setting)"
    )
    parser.add_argument("--stacks", type=names, default=["fastapi", "drf"], metavar="A,B", help="default: fastapi,drf")
    parser.add_argument("--servers", type=names, default=[], metavar="A,B", help="default: each stack's own")
    parser.add_argument("--scenario", default="user_detail", help="default: %(default)s")
    parser.add_argument(
        "--concurrency", type=int, default=_CONCURRENCY, help="connections, with another --over (default: %(default)s)"
    )
    add_settings(parser)


def run(options: Namespace, output: Output) -> None:
    """Measure, with one run for each value unless it is the concurrency, and write the table."""
    values = sorted(options.values or VALUES[options.over])
    found = _concurrency(options, values, output) if options.over == "concurrency" else _others(options, values, output)
    output.write("\n".join(_lines(options.over, _curves(found))))
    for stored in dict.fromkeys(run for run, _value, _rows in found):
        session.complain(stored)


Found = Sequence[tuple[Run, int, Sequence[Measurement]]]
"""A run, its value, and the rows that were measured with it."""


def _concurrency(options: Namespace, values: Sequence[int], output: Output) -> Found:
    stored = _measured(options, values, output)
    rows = stored.judged()
    return [(stored, value, [row for row in rows if row.concurrency == value]) for value in values]


def _others(options: Namespace, values: Sequence[int], output: Output) -> Found:
    found = []
    for value in values:
        stored = _measured(options, [options.concurrency], output, **{options.over: value})
        found.append((stored, value, stored.judged()))
    return found


def _measured(options: Namespace, concurrency: Sequence[int], output: Output, **changed: Any) -> Run:
    cells = selection.cells(
        stack_names=options.stacks,
        server_names=options.servers,
        scenario_names=[options.scenario],
        levels=concurrency,
    )
    chosen = replace(settings(options, seconds=2.0, warmup_s=3.0, rounds=3, preset="sweep"), **changed)
    return session.measure(cells, chosen, output, demonstration(chosen, cells))


def _curves(found: Found) -> list[Curve]:
    who = dict.fromkeys((row.stack, row.server) for _run, _value, rows in found for row in rows)
    return [_curve(found, stack, server) for stack, server in who]


def _curve(found: Found, stack: str, server: str) -> Curve:
    points = tuple(_points(found, stack, server))
    known = {point.value for point in points}
    return Curve(
        name=f"{stack_label(CATALOG, stack)} on {server}",
        points=points,
        missing=tuple(value for _run, value, _rows in found if value not in known),
    )


def _points(found: Found, stack: str, server: str) -> Iterator[Point]:
    for run, value, rows in found:
        mine = [row for row in rows if (row.stack, row.server) == (stack, server)]
        rates = [row.goodput for row in mine if row.goodput and row.usable(Figure.RATE)]
        if rates:
            yield Point(
                value=value,
                goodput=median(rates),
                interval=bootstrap(rates, seed=run.seed),
                p99_ms=_median([row.p99_ms for row in mine if row.usable(Figure.LATENCY)]),
                cpu_us=_median([row.server_cpu_us for row in mine if row.usable(Figure.COST)]),
            )


def _median(figures: Sequence[float | None]) -> float | None:
    known = [figure for figure in figures if figure is not None]
    return median(known) if known else None


def _lines(over: str, curves: Sequence[Curve]) -> Iterator[str]:
    for curve in curves:
        yield formatting.printable(curve.name)
        yield f"  {over:>12}  {'requests/s':>12}  {'p99 ms':>9}  {'CPU µs':>9}"
        rows = {point.value: _row(point, curve) for point in curve.points}
        rows |= {value: f"  {value:>12}  no valid figures" for value in curve.missing}
        yield from (rows[value] for value in sorted(rows))
    for crossover in crossovers(curves):
        yield formatting.printable(crossover.sentence(f"({over})"))


def _row(point: Point, curve: Curve) -> str:
    rate, p99, cpu = (formatting.number(figure) for figure in (point.goodput, point.p99_ms, point.cpu_us))
    mark = f"  <- knee{unknown(curve.missing)}" if point == curve.knee else ""
    return f"  {point.value:>12}  {rate:>12}  {p99:>9}  {cpu:>9}{mark}"


COMMAND = Command(
    help="raise connections, workers or threads step by step; mark the knee and the crossover",
    arguments=arguments,
    run=run,
    kept=VISITS,
)
