"""`manage.py perfcompare gate --baseline FILE`: fails when a request of this project became dearer; for CI."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from perfcompare.commands import _gating
from perfcompare.commands._command import Command, Output
from perfcompare.core import files
from perfcompare.core.errors import PerfcompareError
from perfcompare.project.commands import _options
from perfcompare.project.page import gate as written
from perfcompare.project.project import current
from perfcompare.project.requests import read
from perfcompare.project.trying import gate, results, session
from perfcompare.project.trying.options import GATE, QUICK_GATE


def arguments(parser: ArgumentParser) -> None:
    """The earlier results, the tolerance, the output files, and how it is measured."""
    parser.add_argument(
        "--baseline", type=Path, required=True, metavar="FILE", help="results.json of an earlier try or gate"
    )
    parser.add_argument(
        "--any-load", action="store_true", help="judge processor times even where other programs were at work"
    )
    _gating.add(parser)
    _options.add(parser)


def run(options: Namespace, output: Output) -> None:
    """Raises PerfcompareError (exit code 1) when a request became dearer."""
    before = results.read(options.baseline)
    if before.disturbance and not options.any_load:
        raise PerfcompareError(f"{options.baseline} is no baseline. {before.disturbance} {gate.WAY_OUT}")
    file = read(options.requests)
    measured = session.Session(
        project=current(file.settings, file.environ),
        file=file,
        options=_options.chosen(options, usual=GATE, quick=QUICK_GATE),
        place=session.new_place(),
        screen=output,
    )

    def changes() -> list[gate.Change]:
        return gate.changes(before, measured.results, tolerance=options.tolerance, any_load=options.any_load)

    session.again(measured, lambda: [one.request for one in changes() if one.dearer])
    found = changes()
    output.write(written.lines(found))
    output.write(f"The results: {measured.place / results.FILE}")
    if options.junit:
        files.write(options.junit, written.junit(found))
    if options.markdown:
        files.write(options.markdown, written.markdown(found))
    if any(one.failures for one in found):
        raise PerfcompareError("The gate failed.")
    unjudged = sum(one.result == gate.NOT_JUDGED for one in found)
    output.write(
        f"The gate passed. Not judged: {unjudged} of {len(found)} requests." if unjudged else "The gate passed."
    )


COMMAND = Command(
    help="fail when a request became dearer than in earlier results",
    arguments=arguments,
    run=run,
    kept="What was measured until then is kept in .perfcompare/try, and nothing was judged.",
)
