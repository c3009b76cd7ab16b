"""`manage.py perfcompare try`: what makes this project's requests cheaper, with the same answers."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from perfcompare.commands._command import Command, Output
from perfcompare.commands._types import names, positive
from perfcompare.core.errors import PerfcompareError
from perfcompare.project import page
from perfcompare.project.commands import _options
from perfcompare.project.page.traffic import Price
from perfcompare.project.project import current
from perfcompare.project.requests import read
from perfcompare.project.target import AS_IS
from perfcompare.project.trying import results, session
from perfcompare.project.trying.figures import Figures


def arguments(parser: ArgumentParser) -> None:
    """The requests, what is tried, how much is measured, and the price of a core."""
    _options.add(parser)
    parser.add_argument("--only", type=names, default=[], metavar="NAMES", help="try these changes only")
    parser.add_argument(
        "--price", type=positive, metavar="MONEY", help="what one processor core costs a month, for the page's sums"
    )
    parser.add_argument(
        "--rate", type=positive, default=1000.0, metavar="N", help="requests per second of the sums (default: 1000)"
    )
    parser.add_argument(
        "--page", type=Path, metavar="RESULTS", help="measure nothing; write the page of these results once more"
    )


def run(options: Namespace, output: Output) -> None:
    """Measure, and write results and page however it ends."""
    price = Price(rate=options.rate, core=options.price)
    if options.page:
        place = options.page if options.page.is_dir() else options.page.parent
        output.write(page.write(results.read(options.page), place, price))
        return
    file = read(options.requests)
    chosen = session.Session(
        project=current(file.settings, file.environ),
        file=file,
        options=_options.chosen(options, only=tuple(options.only)),
        place=session.new_place(),
        screen=output,
    )
    try:
        session.run(chosen)
    finally:
        if chosen.results.trials:
            output.write(page.write(chosen.results, chosen.place, price))
    if Figures(chosen.results).weighted(AS_IS) is None:
        raise PerfcompareError("No request has a valid figure of the project as it is. The page says why.")


COMMAND = Command(
    help="try settings, servers and levers on this project's requests: what is cheaper, with the same answers",
    arguments=arguments,
    run=run,
    kept="What was measured until then is kept: .perfcompare/try/latest",
)
