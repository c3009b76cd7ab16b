"""`manage.py perfcompare levers` in a project that has only levers; the app `perfcompare` has more subcommands."""

from __future__ import annotations

import sys
from argparse import Namespace
from typing import Final

from django.apps import apps
from django.core.management import load_command_class
from django.core.management.base import BaseCommand, CommandParser

from perfcompare.levers import _listing

LABORATORY: Final = 'pip install "perfcompare[lab]", and INSTALLED_APPS += ["perfcompare"]'


class LeversCommand(BaseCommand):
    """The one subcommand that needs nothing but Django."""

    help = f"Show what the levers do. To measure: {LABORATORY}"
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Those of the subcommand."""
        parsers = parser.add_subparsers(title="subcommands", dest="subcommand", metavar="subcommand", required=True)
        _listing.arguments(parsers.add_parser("levers", help=_listing.HELP, description=_listing.HELP))

    def run_from_argv(self, argv: list[str]) -> None:
        """As Django's; says how to get a subcommand that is not here."""
        if argv[2:3] and argv[2] != "levers" and not argv[2].startswith("-"):
            self.stderr.write(f"There is no subcommand {argv[2]!r} here, but only `levers`. To measure: {LABORATORY}")
            sys.exit(4)
        super().run_from_argv(argv)

    def handle(self, **options: object) -> None:
        """Write what each lever is doing."""
        self.stdout.write(_listing.text(Namespace(**options)))


def Command() -> BaseCommand:
    """Django calls it for the command. Of two apps with one, Django takes the first: here that must not matter."""
    fuller = next((app for app in ("perfcompare", "perfcompare.project") if apps.is_installed(app)), None)
    return load_command_class(fuller, "perfcompare") if fuller else LeversCommand()
