"""`manage.py perfcompare openapi`: the contract as an OpenAPI document."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from perfcompare.commands._command import Command, Output
from perfcompare.core import files
from perfcompare.targets.demonstration import document


def arguments(parser: ArgumentParser) -> None:
    """The file."""
    parser.add_argument("--output", type=Path, help="the file to write (default: standard output)")


def run(options: Namespace, output: Output) -> None:
    """Write the document, or the file and its path."""
    if options.output is None:
        output.write(document.text(), end="")
        return
    files.write(options.output, document.text())
    output.write(str(options.output))


COMMAND = Command(
    help="write the contract as an OpenAPI document, made from the scenarios (docs/contract.md)",
    arguments=arguments,
    run=run,
)
