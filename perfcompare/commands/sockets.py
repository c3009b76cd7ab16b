"""`manage.py perfcompare sockets`: what WebSockets cost, echo by echo and broadcast by broadcast."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from perfcompare.commands import _many
from perfcompare.commands._command import Command, Output
from perfcompare.commands._many import Ground, Visit
from perfcompare.commands._types import count, levels, names, positive
from perfcompare.core.errors import UsageError
from perfcompare.models.sockets import SOCKETS
from perfcompare.plugins import rooms, servers
from perfcompare.runner import orphans
from perfcompare.runner import rooms as measuring
from perfcompare.runner.rooms import TRAFFIC, Level
from perfcompare.services import pids
from perfcompare.targets.demonstration import programs, selection

SERVER: Final = "uvicorn"


@dataclass(frozen=True, kw_only=True)
class Meeting(Visit):
    """A room on a server, for one number of sockets and one kind of traffic."""

    traffic: str


def arguments(parser: ArgumentParser) -> None:
    """The rooms, the numbers of sockets, and the time."""
    parser.add_argument(
        "--rooms", type=names, default=[], metavar="A,B", help=f"default: {','.join(rooms)}, if they suit the workers"
    )
    parser.add_argument("--servers", type=names, default=[SERVER], metavar="A,B", help=f"default: {SERVER}")
    parser.add_argument(
        "--traffic", type=names, default=[*TRAFFIC], metavar="A,B", help=f"default: {','.join(TRAFFIC)}"
    )
    parser.add_argument("--levels", type=levels, default=(50, 500, 2000), metavar="N,N", help="default: 50,500,2000")
    parser.add_argument("--seconds", type=positive, default=2.0, help="of traffic (default: %(default)s)")
    parser.add_argument("--workers", type=count, default=1, help="server processes (default: %(default)s)")
    parser.add_argument("--label", default="", help="a name for the stored result")
    parser.add_argument("--json", action="store_true", help="write JSON, for programs")


def run(options: Namespace, output: Output) -> None:
    """Start one room after another, open the sockets, store the result as a separate run, and write it."""
    visits = list(_visits(options))
    selection.require(
        {package: one.stack for one in visits for package in rooms[one.stack].packages}
        | {package: one.server for one in visits for package in servers[one.server].packages}
    )
    _many.run(
        options,
        output,
        SOCKETS,
        visits,
        lambda visit, ground: _measured(visit, options.seconds, options.workers, ground),
        each_s=options.seconds,
        told=("workers", "seconds"),
        more=_more,
    )


def _visits(options: Namespace) -> Iterator[Meeting]:
    """Raises UsageError for a room or server that cannot do it."""
    suited = [name for name, room in rooms.items() if room.redis or options.workers == 1]
    chosen = rooms.choose(options.rooms or suited)
    if alone := [name for name in chosen if name not in suited]:
        raise UsageError(
            f"A message of {', '.join(alone)} reaches the sockets of one process only. Choose --workers 1, or rooms "
            f"with Redis: {', '.join(suited)}."
        )
    if unknown := [one for one in options.traffic if one not in TRAFFIC]:
        raise UsageError(f"There is no traffic {', '.join(unknown)}. Choose from: {', '.join(TRAFFIC)}.")
    for name, one in servers.choose(options.servers).items():
        if one.interface != "asgi":
            raise UsageError(f"{name} serves WSGI applications, which have no WebSockets. Choose a server for ASGI.")
    for name in chosen:
        for server in options.servers:
            for traffic in options.traffic:
                for wanted in sorted(options.levels):
                    what = f"{wanted:,} sockets, {traffic}"
                    yield Meeting(stack=name, server=server, wanted=wanted, what=what, traffic=traffic)


def _measured(visit: Meeting, seconds: float, workers: int, ground: Ground) -> Level:
    environ = {**ground.target.environ, **orphans.marked()}
    program = programs.room(visit.stack, visit.server, environ=environ, workers=workers)
    log = ground.folder / f"{visit.stack}-{visit.server}-{visit.traffic}-{visit.wanted}.log"
    redis = pids.roots(ground.target.environ)["redis"] if rooms[visit.stack].redis else None
    return _many.served(
        program, workers, log, lambda started: measuring.measure(started, visit.traffic, visit.wanted, seconds, redis)
    )


def _more(level: Level) -> Mapping[str, Any]:
    return {"kib_per_socket": level.kib_each, "valid": level.valid, "limited": level.limited}


COMMAND = Command(help="measure WebSockets: echo and broadcast to many held sockets", arguments=arguments, run=run)
