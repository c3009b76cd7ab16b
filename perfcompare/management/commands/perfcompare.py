"""`manage.py perfcompare <subcommand>` in the demonstration: its subcommands, and those for any project."""

from __future__ import annotations

import os
import sys
from argparse import SUPPRESS, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandParser
from django.db.utils import Error as DatabaseError

from perfcompare.commands._command import Command as Subcommand
from perfcompare.commands._command import Output
from perfcompare.core.errors import EnvironmentProblem, Interrupted, PerfcompareError
from perfcompare.core.registry import Registry

SIGINT: Final = 2
SIGPIPE: Final = 13
SIGNALLED: Final = 128
"""A shell adds this to the number of the signal that ended a program."""
_OF_DJANGO: Final = ("--settings", "--pythonpath")
"""Options that people write at the end of a command. Django reads them before this command does."""
_DEMONSTRATION: Final = frozenset({"config", "locustfiles", "users"})
"""Packages of the repository that are not in the wheel."""

subcommands = Registry("perfcompare.commands", "perfcompare.project.commands", attribute="COMMAND", kind=Subcommand)
"""Every file of these packages is one; the first package wins."""


class Command(BaseCommand):
    """Parse, call, and turn errors into messages and exit codes."""

    help = "Measure, and show what was measured."
    requires_system_checks = []
    subcommands = subcommands

    def add_arguments(self, parser: CommandParser) -> None:
        """One parser for each subcommand."""
        parsers = parser.add_subparsers(title="subcommands", dest="subcommand", metavar="subcommand")
        for name, subcommand in self.subcommands.items():
            own = parsers.add_parser(name, help=subcommand.help, description=subcommand.help)
            subcommand.arguments(own)
            for option in _OF_DJANGO:
                own.add_argument(option, default=SUPPRESS, help=SUPPRESS)

    def run_from_argv(self, argv: list[str]) -> None:
        """As Django's, with the project's errors as messages and exit codes."""
        with _told():
            self.subcommands.choose(argv[2:3] if argv[2:3] and not argv[2].startswith("-") else [])
            super().run_from_argv(argv)

    def handle(self, *, subcommand: str | None, **options: Any) -> None:
        """Run the subcommand. Without one, list them."""
        if subcommand is None:
            self.print_help("manage.py", "perfcompare")
            return
        colour = options["force_color"] or (self.stdout.isatty() and not options["no_color"] and not _no_color())
        chosen = self.subcommands[subcommand]
        try:
            chosen.run(Namespace(**options), Output(self.stdout, colour=colour))
        except Interrupted as error:
            sys.stderr.write(f"Interrupted. {chosen.kept}\n")
            sys.exit(SIGNALLED + error.signum)


def _no_color() -> bool:
    return bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"


@contextmanager
def _told() -> Iterator[None]:
    """Turn errors that a person must know into a message on standard error and an exit code."""
    try:
        yield
    except KeyboardInterrupt:
        sys.exit(SIGNALLED + SIGINT)
    except PerfcompareError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)
    except DatabaseError as error:
        said = str(error).strip()
        sys.stderr.write(f"The database: {said}\nIs it running, and are its tables there? manage.py migrate --check\n")
        sys.exit(EnvironmentProblem.exit_code)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in _DEMONSTRATION:
            raise
        sys.stderr.write("This needs the demonstration, which the package does not contain. Use a clone: README.md\n")
        sys.exit(EnvironmentProblem.exit_code)
    except BrokenPipeError:
        # The reader of the output is gone. Python would complain again when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(SIGNALLED + SIGPIPE)
