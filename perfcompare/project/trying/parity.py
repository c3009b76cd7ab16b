"""Right answers first: those of the project as it is. What differs between it and its twin is its own."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Final

from perfcompare.core.errors import PerfcompareError, attempt
from perfcompare.core.stack import original
from perfcompare.project.answers import HEADERS, Answer, difference, fetch, unstable
from perfcompare.project.requests import ProjectRequest
from perfcompare.project.target import AS_IS, ITS_TWIN, ProjectTarget
from perfcompare.runner import orphans
from perfcompare.runner.processes import ServerProcess, start_all

AT_ONCE: Final = 4
"""Servers that start at the same time, so that a large project fits into the memory."""
PASSES: Final = 2
"""How often each request is sent: a cache may answer the second one."""
FIRST_ERROR: Final = 400
Headers = Mapping[str, Mapping[str, str]]
"""Of each login."""


@dataclass(frozen=True, kw_only=True)
class Right:
    """The right answers."""

    answers: Mapping[str, Answer]
    ignoring: Mapping[str, frozenset[str]]
    """The places at which the project's own answers differ, by request."""
    seconds: Mapping[str, float] = field(default_factory=dict)
    """How long each took, once it was warm."""

    @property
    def without_headers(self) -> Right:
        """The same where only status and body count."""
        headers = frozenset(f"header {name}" for name in HEADERS)
        return replace(self, ignoring={name: places | headers for name, places in self.ignoring.items()})

    def hole(self, request: str) -> str:
        """Why a request is not measured; empty when it is."""
        status = self.answers[request].status
        if "status" in self.ignoring[request]:
            return "The project answers it now with one status, now with another."
        return f"The project answers {status}." if status >= FIRST_ERROR else ""


def right(target: ProjectTarget, requests: Sequence[ProjectRequest], headers: Headers, folder: Path) -> Right:
    """The answers of the project as it is, and the places at which its twin or a second answer differs."""
    with ExitStack() as context:
        started = _started(target, [AS_IS, ITS_TWIN], folder, context)
        for failed in (one for one in started.values() if isinstance(one, PerfcompareError)):
            raise failed
        alive = [one for one in started.values() if isinstance(one, ServerProcess)]
        passes = [fetch(one.host, one.port, requests, headers) for _ in range(PASSES) for one in alive]
        seconds = {one.name: _seconds(alive[0], one, headers) for one in requests}
    return Right(
        answers=passes[-1],
        ignoring={
            one.name: frozenset[str]().union(
                *(unstable(first[one.name], second[one.name]) for first, second in combinations(passes, 2))
            )
            for one in requests
        },
        seconds=seconds,
    )


def _seconds(server: ServerProcess, request: ProjectRequest, headers: Headers) -> float:
    began_s = time.monotonic()
    fetch(server.host, server.port, [request], headers)
    return time.monotonic() - began_s


def refusals(
    target: ProjectTarget,
    names: Sequence[str],
    requests: Sequence[ProjectRequest],
    headers: Headers,
    known: Right,
    folder: Path,
) -> Iterator[tuple[str, str]]:
    """For each of the variants, in which answer it differs from the project as it is, or why it does not start.

    Empty for one that answers every request as it should.
    """
    for begin in range(0, len(names), AT_ONCE):
        with ExitStack() as context:
            for name, server in _started(target, names[begin : begin + AT_ONCE], folder, context).items():
                if isinstance(server, PerfcompareError):
                    yield name, str(server)
                    continue
                found = attempt(partial(_difference, server, requests, headers, known))
                yield name, str(found or "")


def _difference(
    server: ServerProcess, requests: Sequence[ProjectRequest], headers: Headers, known: Right
) -> str | None:
    for _ in range(PASSES):
        found = fetch(server.host, server.port, requests, headers)
        for one in requests:
            said = difference(known.answers[one.name], found[one.name], ignoring=known.ignoring[one.name])
            if said is not None:
                return f"{one.method} {one.path} ({one.name}): {said}"
    return None


def _started(
    target: ProjectTarget, names: Sequence[str], folder: Path, context: ExitStack
) -> Mapping[str, ServerProcess | PerfcompareError]:
    folder.mkdir(parents=True, exist_ok=True)
    return start_all({name: partial(_server, target, name, folder) for name in names}, context)


def _server(target: ProjectTarget, name: str, folder: Path) -> ServerProcess:
    stack = target.variants[original(name)]
    program = target.program(name, stack.server, told=orphans.marked())
    return ServerProcess(program, log=folder / f"{name}.log", cpus=None)
