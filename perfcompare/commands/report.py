"""`manage.py perfcompare report RUN`: a stored run as a web page, JSON, CSV and Markdown in one folder."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from perfcompare.commands._command import Command, Output
from perfcompare.commands._options import add_run, save
from perfcompare.models import Run
from perfcompare.report import html
from perfcompare.report.collect import collect
from perfcompare.report.export import as_csv, as_json, as_markdown


def arguments(parser: ArgumentParser) -> None:
    """Which run, and where to."""
    add_run(parser)
    parser.add_argument("--folder", type=Path, default=Path("report"), help="where to (default: %(default)s/)")


def run(options: Namespace, output: Output) -> None:
    """Write the four files and their paths."""
    stored = Run.objects.called(options.run)
    report = collect(stored)
    files = {
        "index.html": html.page(report),
        "data.json": as_json(stored, report),
        "data.csv": as_csv(stored, report),
        "summary.md": as_markdown(stored, report),
    }
    for name, text in files.items():
        save(options.folder / name, text)
        output.write(str(options.folder / name))


COMMAND = Command(help="write a run as a web page, JSON, CSV and Markdown", arguments=arguments, run=run)
