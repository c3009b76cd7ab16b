"""`manage.py perfcompare pictures RUN`: the main pages of a run as PNG files, for the README."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from perfcompare.commands._command import Command, Output
from perfcompare.commands._options import add_run
from perfcompare.models import Run
from perfcompare.pictures import pages


def arguments(parser: ArgumentParser) -> None:
    """The run and the folder."""
    add_run(parser)
    parser.add_argument(
        "--folder", type=Path, default=Path("docs/images"), help="folder for the pictures (default: %(default)s/)"
    )


def run(options: Namespace, output: Output) -> None:
    """Write the pictures and their paths."""
    for file in pages.write(Run.objects.called(options.run), options.folder):
        output.write(str(file))


COMMAND = Command(help="write the main pages of a run as pictures, for the README", arguments=arguments, run=run)
