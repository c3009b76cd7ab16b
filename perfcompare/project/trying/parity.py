"""Right answers first: those of the project as it is. What differs between it and its twin is its own."""

from __future__ import annotations

import json
import math
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Final

from perfcompare.core.errors import EnvironmentProblem, PerfcompareError, attempt
from perfcompare.core.http import Request
from perfcompare.core.setting import Loss
from perfcompare.core.stack import original
from perfcompare.project.answers import (
    FIRST_ERROR,
    HEADERS,
    NO_ANSWER,
    Answer,
    Difference,
    differences,
    fetch,
    losing,
    unstable,
)
from perfcompare.project.changes import of_names
from perfcompare.project.refusals import Printed
from perfcompare.project.requests import ProjectRequest
from perfcompare.project.served import health
from perfcompare.project.target import AS_IS, ITS_TWIN, ProjectTarget, Variant
from perfcompare.runner import orphans
from perfcompare.runner.client import Client
from perfcompare.runner.processes import ServerProcess, start_all

AT_ONCE: Final = 4
"""Servers that start at the same time, so that a large project fits into the memory."""
AGAIN_S: Final = 1.0
"""A clock that moves within this was seen to move at the beginning."""
REST: Final = 20
"""So many times as long as the project took to be asked again, nobody asks it about a place that stood still then."""
PASSES: Final = 2
"""How often each request is sent: a cache may answer the second one."""
FIRST_FAULT: Final = 500
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
    start_s: float = 0.0
    """How long a server took to start."""

    @property
    def without_headers(self) -> Right:
        """The same where only status and body count."""
        headers = frozenset(f"header {name}" for name in HEADERS)
        return replace(self, ignoring={name: places | headers for name, places in self.ignoring.items()})

    def hole(self, request: str) -> str:
        """Why a request is not measured; empty when it is."""
        status = self.answers[request].status
        if status == NO_ANSWER:
            return f"The project gives no answer: {self.answers[request].body}."
        if "status" in self.ignoring[request]:
            return "The project answers it now with one status, now with another."
        return f"The project answers {status}." if status >= FIRST_ERROR else ""


@dataclass(kw_only=True)
class Witness:
    """The project as it is, asked again where an answer is not the recorded one: what then differs is its own.

    An answer may have a clock that moves each minute, and the first answers were compared within seconds. Its server is
    there while it is asked, and never while something is measured.
    """

    target: ProjectTarget
    headers: Headers
    folder: Path
    requests: Sequence[ProjectRequest]
    answers: Mapping[str, Answer]
    """The recorded ones."""
    moved: dict[str, frozenset[str]] = field(default_factory=dict)
    """The places that were found, by request."""
    _stood: set[tuple[str, str]] = field(default_factory=set)
    """The requests and places that were wrong, although the project itself answered there as before."""
    _asked_s: float = -math.inf
    _took_s: float = 0.0

    def difference(
        self, request: ProjectRequest, ignoring: frozenset[str], got: Answer, losses: Sequence[Loss] = ()
    ) -> str | None:
        """The first difference that is not the project's own."""
        found = self._first(request, ignoring, got, losses)
        if found is not None and self._doubts(request, got, found):
            self._ask()
            found = self._first(request, ignoring, got, losses)
            if found is not None:
                self._stood.add((request.name, found.place))
        return None if found is None else str(found)

    def _first(
        self, request: ProjectRequest, ignoring: frozenset[str], got: Answer, losses: Sequence[Loss]
    ) -> Difference | None:
        wanted = losing(self.answers[request.name], got, losses)
        return next(differences(wanted, got, ignoring=ignoring | self.moved.get(request.name, frozenset())), None)

    def _doubts(self, request: ProjectRequest, got: Answer, found: Difference) -> bool:
        """Whether the project is asked again. What goes wrong again and again must not take all the time."""
        if not request.safe or got.status != self.answers[request.name].status:
            return False
        rest_s = REST * self._took_s if (request.name, found.place) in self._stood else 0.0
        return time.monotonic() >= self._asked_s + max(AGAIN_S, rest_s)

    def _ask(self) -> None:
        began_s = time.monotonic()
        asked = [one for one in self.requests if one.safe]
        with ExitStack() as context, suppress(EnvironmentProblem):
            server = _started(self.target, [AS_IS], self.folder, context)[AS_IS]
            now = fetch(server.host, server.port, asked, self.headers) if isinstance(server, ServerProcess) else {}
            for name, answer in now.items():
                recorded = self.answers[name]
                found = unstable(recorded, answer) if answer.status == recorded.status else frozenset[str]()
                self.moved[name] = self.moved.get(name, frozenset()) | found
        self._asked_s = time.monotonic()
        self._took_s = self._asked_s - began_s


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A variant whose answers were compared."""

    refusal: str = ""
    """In which answer it differs from the project as it is, or why it does not start; empty when it is right."""
    differs: tuple[str, ...] = ()
    """What differs on purpose, as its changes declare it: sentences."""
    counts: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """For each lever that counts: how often it went its own way meanwhile, and how often it left a call to stock."""


def right(target: ProjectTarget, requests: Sequence[ProjectRequest], headers: Headers, folder: Path) -> Right:
    """The answers of the project as it is, and the places at which its twin or a second answer differs."""
    with ExitStack() as context:
        started = _started(target, [AS_IS, ITS_TWIN], folder, context)
        for failed in (one for one in started.values() if isinstance(one, PerfcompareError)):
            raise failed
        alive = [one for one in started.values() if isinstance(one, ServerProcess)]
        passes: list[Mapping[str, Answer]] = []
        asked = list(requests)
        for one in alive * PASSES:
            # What had no answer once has none; waiting for it takes a minute.
            passes.append({**(passes[-1] if passes else {}), **fetch(one.host, one.port, asked, headers)})
            asked = [request for request in asked if passes[-1][request.name].status != NO_ANSWER]
        seconds = {one.name: _seconds(alive[0], one, headers) for one in asked}
    return Right(
        answers=passes[-1],
        ignoring={
            one.name: frozenset[str]().union(
                *(unstable(first[one.name], second[one.name]) for first, second in combinations(passes, 2))
            )
            for one in requests
        },
        seconds=seconds,
        start_s=max(one.start_s for one in alive),
    )


def _seconds(server: ServerProcess, request: ProjectRequest, headers: Headers) -> float:
    began_s = time.monotonic()
    fetch(server.host, server.port, [request], headers)
    return time.monotonic() - began_s


def check(
    target: ProjectTarget,
    names: Sequence[str],
    requests: Sequence[ProjectRequest],
    known: Right,
    folder: Path,
    witness: Witness,
) -> Iterator[tuple[str, Checked]]:
    """For each of the variants, whether it starts and answers every request as it should."""
    for begin in range(0, len(names), AT_ONCE):
        with ExitStack() as context:
            for name, server in _started(target, names[begin : begin + AT_ONCE], folder, context).items():
                if isinstance(server, PerfcompareError):
                    yield name, Checked(refusal=str(server))
                    continue
                found = attempt(partial(_checked, server, target.variants[original(name)], requests, known, witness))
                yield name, Checked(refusal=str(found)) if isinstance(found, PerfcompareError) else found


def _checked(
    server: ServerProcess, variant: Variant, requests: Sequence[ProjectRequest], known: Right, witness: Witness
) -> Checked:
    losses = [loss for one in of_names(variant.changes).values() for loss in one.loses]
    lost: Counter[Loss] = Counter()
    before = _counts(server, variant)
    for _ in range(PASSES):
        found = fetch(server.host, server.port, requests, witness.headers)
        for one in requests:
            wanted, got, ignored = known.answers[one.name], found[one.name], known.ignoring[one.name]
            said = witness.difference(one, ignored, got, losses)
            if said is not None:
                why = _raised(server, one, witness.headers) if got.status >= FIRST_FAULT else ""
                log = f"\n{server.tail()}" if got.status >= FIRST_FAULT or got.status == NO_ANSWER else ""
                return Checked(refusal=f"{one.method} {one.path} ({one.name}): {said}{why}{log}")
            lost.update(loss for loss in losses if losing(wanted, got, [loss]).headers != wanted.headers)
    after = _counts(server, variant)
    return Checked(
        differs=tuple(_sentence(loss, times // PASSES, len(requests)) for loss, times in lost.items()),
        counts={
            name: (fast - before.get(name, (0, 0))[0], stock - before.get(name, (0, 0))[1])
            for name, (fast, stock) in after.items()
        },
    )


def _raised(server: ServerProcess, request: ProjectRequest, headers: Headers) -> str:
    """The exception that the request raises now; empty where nobody prints one."""
    printed = Printed.after(server.log)
    with suppress(EnvironmentProblem):
        fetch(server.host, server.port, [request], headers)
    return f" ({printed.exception})" if printed.exception else ""


def _sentence(loss: Loss, times: int, requests: int) -> str:
    words = " and ".join(word.title() for word in loss.words)
    return f"The header {loss.header.title()} of {times} of {requests} answers lacks {words}, on purpose. {loss.why}"


def _counts(server: ServerProcess, variant: Variant) -> Mapping[str, tuple[int, int]]:
    """How often each lever in the process went its own way, and how often it left a call to stock."""
    if variant.application:
        return {}
    try:
        reply = Client(server.host, server.port).send(Request(path=health.COUNTS), "")
    except OSError as error:
        raise EnvironmentProblem(f"The server does not answer: {error}. {server.tail()}") from error
    return {name: (fast, stock) for name, (fast, stock) in json.loads(reply.body).items()}


def _started(
    target: ProjectTarget, names: Sequence[str], folder: Path, context: ExitStack
) -> Mapping[str, ServerProcess | PerfcompareError]:
    folder.mkdir(parents=True, exist_ok=True)
    return start_all({name: partial(_server, target, name, folder) for name in names}, context)


def _server(target: ProjectTarget, name: str, folder: Path) -> ServerProcess:
    stack = target.variants[original(name)]
    program = target.program(name, stack.server, told=orphans.marked())
    return ServerProcess(program, log=folder / f"{name}.log", cpus=None)
