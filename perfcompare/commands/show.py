"""`manage.py perfcompare show RUN`: a stored run as a table on the terminal."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from perfcompare.commands._command import Command, Output
from perfcompare.commands._options import add_run
from perfcompare.models import Run
from perfcompare.report.data.collection import collect
from perfcompare.report.writers import terminal


def arguments(parser: ArgumentParser) -> None:
    """The run."""
    add_run(parser)


def run(options: Namespace, output: Output) -> None:
    """Write the table."""
    output.write(terminal.render(collect(Run.objects.called(options.run)), colour=output.colour))


COMMAND = Command(help="show a stored run as a table, each figure beside FastAPI's", arguments=arguments, run=run)
