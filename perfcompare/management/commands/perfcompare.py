"""`manage.py perfcompare <subcommand>`: every file of `perfcompare.commands` is one."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandParser

from perfcompare.commands._command import Command as Subcommand
from perfcompare.commands._command import Output
from perfcompare.core.errors import EnvironmentProblem, Interrupted, PerfcompareError
from perfcompare.core.registry import Registry

SIGINT: Final = 2
SIGPIPE: Final = 13
SIGNALLED: Final = 128
"""What a shell adds to a signal's number to tell who was ended by it."""
_DEMONSTRATION: Final = frozenset({"config", "locustfiles", "users"})
"""Packages of the repository that are not in the wheel."""


class Subcommands(Registry[Subcommand]):
    """All of them; one that needs a package that is not installed is in the help, and says so when it is chosen."""

    def __init__(self) -> None:
        super().__init__("perfcompare.commands", attribute="COMMAND", kind=Subcommand)
        self._missing: dict[str, ModuleNotFoundError] = {}

    def _load(self, name: str) -> Subcommand:
        try:
            return super()._load(name)
        except ModuleNotFoundError as error:
            self._missing[name] = error
            return Subcommand(help=_remedy(error), arguments=lambda _parser: None, run=lambda *_: self.choose([name]))

    def _chosen(self, name: str) -> Subcommand:
        found = super()._chosen(name)
        if name in self._missing:
            raise self._missing[name]
        return found


subcommands = Subcommands()


class Command(BaseCommand):
    """Parse, call, and turn errors into messages and exit codes."""

    help = "Measure, and show what was measured."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """One parser for each subcommand."""
        parsers = parser.add_subparsers(title="subcommands", dest="subcommand", metavar="subcommand")
        for name, subcommand in subcommands.items():
            subcommand.arguments(parsers.add_parser(name, help=subcommand.help, description=subcommand.help))

    def run_from_argv(self, argv: list[str]) -> None:
        """As Django's, with the project's errors as messages and exit codes."""
        with _told():
            subcommands.choose(argv[2:3] if argv[2:3] and not argv[2].startswith("-") else [])
            super().run_from_argv(argv)

    def handle(self, *, subcommand: str | None, **options: Any) -> None:
        """Run the subcommand; without one, say which there are."""
        if subcommand is None:
            self.print_help("manage.py", "perfcompare")
            return
        colour = options["force_color"] or (self.stdout.isatty() and not options["no_color"] and not _no_color())
        chosen = subcommands[subcommand]
        try:
            chosen.run(Namespace(**options), Output(self.stdout, colour=colour))
        except Interrupted as error:
            sys.stderr.write(f"Interrupted. {chosen.kept}\n")
            sys.exit(SIGNALLED + error.signum)


def _remedy(error: ModuleNotFoundError) -> str:
    """How to get what is missing. Raises the error when it is this project's own."""
    missing = (error.name or "perfcompare").partition(".")[0]
    if missing == "perfcompare":
        raise error
    if missing in _DEMONSTRATION:
        return "Needs the demonstration, which the package does not contain: work in a clone of the repository."
    return f'Needs {missing}, which is not installed: pip install "perfcompare[lab]"'


def _no_color() -> bool:
    return bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"


@contextmanager
def _told() -> Iterator[None]:
    """Turn errors that a person must know of into a message on standard error and an exit code."""
    try:
        yield
    except KeyboardInterrupt:
        sys.exit(SIGNALLED + SIGINT)
    except PerfcompareError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(error.exit_code)
    except ModuleNotFoundError as error:
        sys.stderr.write(f"{_remedy(error)}\n")
        sys.exit(EnvironmentProblem.exit_code)
    except BrokenPipeError:
        # Whoever read the output has gone; Python would complain once more when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(SIGNALLED + SIGPIPE)
