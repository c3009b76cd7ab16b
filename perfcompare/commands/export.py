"""`manage.py perfcompare export RUN`: a stored run for programs, spreadsheets or a pull request."""

from __future__ import annotations

import io
import tarfile
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Final

from perfcompare import session
from perfcompare.commands._command import Command, Output
from perfcompare.commands._options import add_run
from perfcompare.core import files
from perfcompare.core.errors import EnvironmentProblem
from perfcompare.models import Run
from perfcompare.report.data.collection import collect
from perfcompare.report.writers.formats import FORMATS
from perfcompare.report.writers.json import as_json

RAW: Final = "raw"


def arguments(parser: ArgumentParser) -> None:
    """The run, the format and the file."""
    add_run(parser)
    parser.add_argument(
        "--format",
        choices=[*sorted(FORMATS), RAW],
        default="json",
        help="default: %(default)s; raw is an archive of the logs and raw samples of every trial, and of the JSON",
    )
    parser.add_argument("--output", type=Path, help="the file to write (default: standard output)")


def run(options: Namespace, output: Output) -> None:
    """Write the text, or the file and its path."""
    stored = Run.objects.called(options.run)
    if options.format == RAW:
        archive = _archived(stored, options.output or Path(f"run-{stored.pk}.tar.gz"))
        output.write(str(archive))
        return
    write, _media_type = FORMATS[options.format]
    text = write(stored, collect(stored))
    if options.output is None:
        output.write(text, end="")
        return
    files.write(options.output, text)
    output.write(str(options.output))


def _archived(stored: Run, path: Path) -> Path:
    """Write the archive at `path`: the files that the trials left, and the run as JSON."""
    folder = session.folder(stored)
    if not folder.is_dir():
        raise EnvironmentProblem(
            f"{folder} is not there: {stored} was measured on another machine, or its folder was deleted. "
            "Its figures are in the JSON: --format json."
        )
    text = as_json(stored, collect(stored)).encode()
    with files.whole(path) as file, tarfile.open(fileobj=file, mode="w:gz") as archive:
        entry = tarfile.TarInfo(f"run-{stored.pk}/run.json")
        entry.size = len(text)
        archive.addfile(entry, io.BytesIO(text))
        archive.add(folder, f"run-{stored.pk}/trials")
    return path


COMMAND = Command(
    help="write a run as JSON, CSV, Markdown or with all raw samples (docs/export.md)", arguments=arguments, run=run
)
