"""`manage.py perfcompare compare RUN RUN`: what became faster or slower between two runs."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator

from perfcompare.commands._command import Command, Output
from perfcompare.core.errors import EnvironmentProblem
from perfcompare.models import Run
from perfcompare.report.data import formatting
from perfcompare.report.data.formatting import printable
from perfcompare.report.findings.comparison import Change, Comparison, compare


def arguments(parser: ArgumentParser) -> None:
    """The two runs."""
    parser.add_argument("before", metavar="RUN", help="number of the run, baseline or latest")
    parser.add_argument(
        "after", metavar="RUN", nargs="?", default="latest", help="the run to compare with it (default: latest)"
    )
    add_unlike(parser)


def add_unlike(parser: ArgumentParser) -> None:
    """Whether unlike machines may be compared."""
    parser.add_argument("--unlike", action="store_true", help="compare although machine or method differ")


def run(options: Namespace, output: Output) -> None:
    """Write a line for each cell, largest rise first."""
    before, after = Run.objects.called(options.before), Run.objects.called(options.after)
    found = compare(before, after)
    refuse_unlike(found, options)
    output.write("\n".join(_lines(before, after, found)))


def refuse_unlike(found: Comparison, options: Namespace) -> None:
    """Raise EnvironmentProblem when machine or method differ, unless --unlike allows it."""
    if found.unlike and not options.unlike:
        differences = "".join(f"\n  {printable(difference)}" for difference in found.unlike)
        raise EnvironmentProblem(
            f"These runs cannot be compared, because more than the software differs:{differences}\n"
            "Measure both on one machine with the same options, or add --unlike to compare them anyway."
        )


def _lines(before: Run, after: Run, found: Comparison) -> Iterator[str]:
    yield printable(f"From {before} to {after}: CPU time per request")
    yield from (f"  differs: {printable(difference)}" for difference in (*found.unlike, *found.software))
    yield f"  a change of less than {found.floor:.1%} is no difference (noise floor of the two runs)"
    for change in found.changes:
        yield line(change)
    for cell in found.missing:
        yield printable(f"  {cell}: no valid figures after")
    if not found.changes:
        yield "  The two runs have no cell with valid CPU time in common."
        yield "  The CPU time of a server elsewhere is not known."


def line(change: Change) -> str:
    """One cell: figures before and after, ratio and verdict."""
    unit = "x FastAPI" if change.relative else "µs"
    bounds = ""
    if change.interval is not None:
        bounds = f" [{formatting.number(change.interval.low)}, {formatting.number(change.interval.high)}]"
    said = change.verdict or "no verdict: fewer than three valid rounds"
    return printable(
        f"  {change.cell}: {formatting.number(change.before)} -> {formatting.number(change.after)} {unit}, "
        f"{formatting.number(change.ratio)}x{bounds}: {said}"
    )


COMMAND = Command(help="show what became faster or slower between two runs", arguments=arguments, run=run)
