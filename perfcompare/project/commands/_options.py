"""Options that several subcommands for a project have."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import replace
from pathlib import Path

from perfcompare.commands._types import count, names, positive
from perfcompare.plugins import servers
from perfcompare.project.requests import FILE
from perfcompare.project.trying.options import QUICK, USUAL, Options


def add(parser: ArgumentParser) -> None:
    """The file of requests, and how they are measured. `chosen` reads these options."""
    parser.add_argument("--requests", type=Path, default=Path(FILE), metavar="FILE", help="default: %(default)s")
    parser.add_argument("--quick", action="store_true", help="a first look: less time for each request")
    parser.add_argument(
        "--rounds", type=count, help="how often the variants of the answer are measured, each time with fresh servers"
    )
    parser.add_argument("--seconds", type=positive, help="time under load of each variant, for each request and round")
    parser.add_argument("--threads", type=count, default=8, help="of a WSGI server (default: %(default)s)")
    parser.add_argument(
        "--servers",
        type=names,
        default=[],
        metavar="NAMES",
        help=f"the project's own first, then others to try (default: its usual one, then all that are installed). "
        f"Known: {', '.join(servers)}",
    )
    parser.add_argument(
        "--unsafe", action="store_true", help="send POST, PUT, PATCH and DELETE too: to a database that may be written"
    )


def chosen(
    options: Namespace, *, usual: Options = USUAL, quick: Options = QUICK, only: tuple[str, ...] = ()
) -> Options:
    """What these options say; without them, as `usual` or `quick` does."""
    given = quick if options.quick else usual
    return replace(
        given,
        seconds=options.seconds or given.seconds,
        rounds_alone=min(options.rounds - 1, given.rounds_alone) if options.rounds else given.rounds_alone,
        rounds_together=options.rounds or given.rounds_together,
        threads=options.threads,
        servers=tuple(servers.choose(options.servers)),
        unsafe=options.unsafe,
        only=only,
    )
