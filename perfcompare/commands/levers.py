"""`manage.py perfcompare levers`: what each lever does in this project, and why."""

from __future__ import annotations

from argparse import Namespace

from perfcompare.commands._command import Command, Output
from perfcompare.levers import _listing


def run(options: Namespace, output: Output) -> None:
    """Write what a project without the laboratory is told, too."""
    output.write(_listing.text(options))


COMMAND = Command(help=_listing.HELP, arguments=_listing.arguments, run=run)
