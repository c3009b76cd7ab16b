"""`manage.py perfcompare gate RUN --baseline RUN`: fails when something became slower; for CI."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from perfcompare.commands import _gating
from perfcompare.commands._command import Command, Output
from perfcompare.commands._options import add_run
from perfcompare.commands.compare import add_unlike, line, refuse_unlike
from perfcompare.core import files
from perfcompare.core.errors import PerfcompareError, UsageError
from perfcompare.models import Run
from perfcompare.report.findings import gate
from perfcompare.report.findings.comparison import compare
from perfcompare.report.writers.gate import as_junit, as_markdown


def arguments(parser: ArgumentParser) -> None:
    """The runs, the tolerance and the output files."""
    add_run(parser)
    parser.add_argument(
        "--baseline", default="baseline", metavar="RUN", help="the run to compare with (default: the marked one)"
    )
    _gating.add(parser)
    add_unlike(parser)


def run(options: Namespace, output: Output) -> None:
    """Write the changes. Raises PerfcompareError (exit code 1) when a cell became slower or has no valid figures."""
    baseline, after = Run.objects.called(options.baseline), Run.objects.called(options.run)
    found = compare(baseline, after, tolerance=options.tolerance)
    refuse_unlike(found, options)
    if not found.changes and not found.missing:
        raise UsageError(
            f"{baseline} has no valid CPU time of a server (for a server elsewhere it is not known), so "
            f"there is nothing to compare {after} with."
        )
    output.write("\n".join(line(change) for change in found.changes))
    if options.junit:
        files.write(options.junit, as_junit(found))
    if options.markdown:
        files.write(options.markdown, as_markdown(found))
    failed = gate.failures(found)
    if failed:
        raise PerfcompareError("The gate failed:\n" + "\n".join(f"  {sentence}" for sentence in failed))
    unclear = len(gate.undecided(found))
    output.write(f"The gate passed{f'; {unclear} cells have too few rounds for a verdict' if unclear else ''}.")


COMMAND = Command(help="fail when a cell became slower than in the baseline", arguments=arguments, run=run)
