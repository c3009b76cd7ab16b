"""`manage.py perfcompare import FILE`: stores a run or a result of Locust from another machine.

It reads the result of a locustfile of this project (`--result`). It also reads what Locust writes for any other
locustfile with `--csv` (give the file that ends in `_stats.csv`; those beside it are found) or `--json`.
"""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from perfcompare.commands._command import Command, Output
from perfcompare.core.errors import EnvironmentProblem
from perfcompare.locust_tests import imports
from perfcompare.models.importing import NotAnExportError, imported


def arguments(parser: ArgumentParser) -> None:
    """The file."""
    parser.add_argument(
        "file",
        type=Path,
        help="written by `export --format json`, by a locustfile with --result, or by Locust with --csv or --json",
    )


def run(options: Namespace, output: Output) -> None:
    """Store the run and write its new number."""
    try:
        text = options.file.read_text(encoding="utf-8")
    except OSError as error:
        raise EnvironmentProblem(f"Cannot read {options.file}: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise NotAnExportError(f"{options.file} is not a text file in UTF-8.") from error
    stored = imports.imported(options.file, text) if imports.recognised(text) else imported(text)
    output.write(f"Stored as run {stored.pk}. Show it: manage.py perfcompare show {stored.pk}")


COMMAND = Command(help="store a run that was exported as JSON, or a result of Locust", arguments=arguments, run=run)
