"""`manage.py perfcompare report RUN`: a stored run as a web page, JSON, CSV and Markdown in one folder."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from perfcompare.commands._command import Command, Output
from perfcompare.commands._options import add_run
from perfcompare.core import files
from perfcompare.models import Run
from perfcompare.report.data.collection import collect
from perfcompare.report.data.report import Report
from perfcompare.report.writers import html
from perfcompare.report.writers.csv import as_csv
from perfcompare.report.writers.json import as_json
from perfcompare.report.writers.markdown import as_markdown


def arguments(parser: ArgumentParser) -> None:
    """The run and the folder."""
    add_run(parser)
    parser.add_argument(
        "--folder", type=Path, default=Path("report"), help="folder for the files (default: %(default)s/)"
    )


def run(options: Namespace, output: Output) -> None:
    """Write the files of the run."""
    stored = Run.objects.called(options.run)
    write(stored, collect(stored), options.folder, output)


def write(stored: Run, report: Report, folder: Path, output: Output) -> None:
    """Write the four files into `folder`, and their paths to `output`. Raises EnvironmentProblem when that is
    impossible."""
    texts = {
        "index.html": html.page(report),
        "data.json": as_json(stored, report),
        "data.csv": as_csv(stored, report),
        "summary.md": as_markdown(stored, report),
    }
    for name, text in texts.items():
        files.write(folder / name, text)
        output.write(str(folder / name))


COMMAND = Command(help="write a run as a web page, JSON, CSV and Markdown", arguments=arguments, run=run)
