"""`manage.py perfcompare hybrid`: Django and FastAPI behind one nginx, to move endpoint by endpoint."""

from __future__ import annotations

import os
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from perfcompare.commands._command import Command, Output
from perfcompare.commands._types import names
from perfcompare.core.dataset import Dataset
from perfcompare.core.errors import UsageError, WrongAnswerError
from perfcompare.core.stack import prefix
from perfcompare.core.target import REFERENCE
from perfcompare.registries import scenarios, stacks
from perfcompare.runner import lock, orphans, signals, verification
from perfcompare.runner.client import Client
from perfcompare.runner.processes import ServerProcess, free_port, start_all
from perfcompare.servers import _nginx
from perfcompare.servers._nginx import HOST, Route
from perfcompare.targets.demonstration.target import Demonstration, prepare

SAMPLE: Final = 20
"""Requests of each scenario's traffic that are checked at each path, beside all of its good cases."""


@dataclass(frozen=True, kw_only=True)
class _Place:
    """A path of the proxy, and who answers there."""

    path: str
    stack: str
    scenarios: Sequence[str]
    segment: str = ""
    """The part of the API below `path` that is meant; empty for all of it."""

    @property
    def route(self) -> str:
        """What nginx looks for."""
        return self.path + self.segment


def arguments(parser: ArgumentParser) -> None:
    """The two stacks, the endpoints that have moved, the port, and whether it stays up."""
    parser.add_argument("--django", default="drf", metavar="STACK", help="default: %(default)s")
    parser.add_argument("--fastapi", default=REFERENCE, metavar="STACK", help="default: %(default)s")
    parser.add_argument(
        "--moved",
        type=names,
        default=[],
        metavar="A,B",
        help="paths below /api/ that FastAPI answers already, such as users,items (default: none)",
    )
    parser.add_argument("--port", type=int, default=0, help="of nginx (default: a free one)")
    parser.add_argument(
        "--check", action="store_true", help="check the answers and end, instead of serving until Ctrl-C"
    )


def run(options: Namespace, output: Output) -> None:
    """Start both, check that all paths give right answers, serve. Raises WrongAnswerError when one does not,
    EnvironmentProblem without nginx."""
    program = _nginx.program()
    chosen = stacks.choose([options.django, options.fastapi])
    shared = [name for name in scenarios if all(name in one.scenarios for one in chosen.values())]
    if unknown := [one for one in options.moved if one not in {_segment(name) for name in shared}]:
        known = ", ".join(sorted({_segment(name) for name in shared}))
        raise UsageError(f"There is nothing at {', '.join(unknown)}. The API has: {known}.")
    places = _places(options.django, options.fastapi, shared, options.moved)
    with signals.interruptible(), lock.only_run(), ExitStack() as context:
        folder = Path(context.enter_context(tempfile.TemporaryDirectory()))
        target = prepare(os.environ, Dataset(count=1000, seed=1))
        orphans.end_all()
        started = _started(target, {name: one.server for name, one in chosen.items()}, folder, context)
        port = options.port or free_port(HOST)
        routes = [
            Route(path=one.route, port=started[one.stack].port, at=prefix(one.stack) + one.segment) for one in places
        ]
        nginx = context.enter_context(_nginx.start(program, port, routes, folder))
        context.callback(nginx.terminate)
        for place in places:
            _check(target, place, port)
            output.write(
                f"http://{HOST}:{port}{place.route}: {stacks[place.stack].label}; answered as the contract says: "
                f"{', '.join(place.scenarios)}"
            )
        if options.check:
            return
        output.write(f"nginx is configured in {folder / 'nginx.conf'}. Ctrl-C ends all three.")
        while nginx.poll() is None:
            time.sleep(0.2)


def _places(django: str, fastapi: str, shared: Sequence[str], moved: Sequence[str]) -> list[_Place]:
    """The versions side by side, and the one API that moves path by path."""
    left = [name for name in shared if _segment(name) not in moved]
    return [
        _Place(path="/api/v1/", stack=django, scenarios=shared),
        _Place(path="/api/v2/", stack=fastapi, scenarios=shared),
        _Place(path="/api/", stack=django, scenarios=left),
        *(
            _Place(
                path="/api/", stack=fastapi, segment=one, scenarios=[name for name in shared if _segment(name) == one]
            )
            for one in moved
        ),
    ]


def _segment(scenario: str) -> str:
    """The first part of its path: what moves together."""
    return scenarios[scenario].path.partition("/")[0]


def _started(
    target: Demonstration, wanted: Mapping[str, str], folder: Path, context: ExitStack
) -> Mapping[str, ServerProcess]:
    """A server for each stack. Raises the error of the first that does not start."""
    makes = {
        stack: partial(
            ServerProcess,
            target.program(stack, server, told=orphans.marked()),
            log=folder / f"{stack}.log",
            cpus=None,
        )
        for stack, server in wanted.items()
    }
    started: dict[str, ServerProcess] = {}
    for stack, one in start_all(makes, context).items():
        if not isinstance(one, ServerProcess):
            raise one
        started[stack] = one
    return started


def _check(target: Demonstration, place: _Place, port: int) -> None:
    """Raises WrongAnswerError for the first answer that is not the contract's."""
    client = Client(HOST, port)
    for name in place.scenarios:
        endpoint = target.endpoint(name)
        wrong = verification.check(client, place.path, endpoint, sample=SAMPLE)
        if endpoint.writes:
            target.restore()
        if wrong is not None:
            raise WrongAnswerError(f"{place.stack} behind nginx: {wrong}")


COMMAND = Command(
    help="serve Django and FastAPI behind one nginx, to move path by path (docs/hybrid.md)",
    arguments=arguments,
    run=run,
)
