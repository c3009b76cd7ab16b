"""`manage.py perfcompare export RUN`: a stored run for programs, spreadsheets or a pull request."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from perfcompare.commands._command import Command, Output
from perfcompare.commands._options import add_run, save
from perfcompare.models import Run
from perfcompare.report.collect import collect
from perfcompare.report.export import FORMATS


def arguments(parser: ArgumentParser) -> None:
    """Which run, as what, where to."""
    add_run(parser)
    parser.add_argument("--format", choices=sorted(FORMATS), default="json", help="default: %(default)s")
    parser.add_argument("--output", type=Path, help="the file to write; without it, standard output")


def run(options: Namespace, output: Output) -> None:
    """Write the text, or the file and its path."""
    stored = Run.objects.called(options.run)
    write, _media_type = FORMATS[options.format]
    text = write(stored, collect(stored))
    if options.output is None:
        output.write(text, end="")
        return
    save(options.output, text)
    output.write(str(options.output))


COMMAND = Command(help="write a run as JSON, CSV or Markdown (docs/export.md)", arguments=arguments, run=run)
