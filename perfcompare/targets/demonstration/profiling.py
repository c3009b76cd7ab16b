"""Sends requests to a process that profiles them: plain, recorded by silk, and sampled by pyinstrument.

The SQL is also seen on its way to PostgreSQL, of one request to a second process of the stack as it is served in a
timed trial: the proxy in between would stand in the times of the first.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median
from typing import Any, Final

from pyinstrument.frame import AWAIT_FRAME_IDENTIFIER, SELF_TIME_FRAME_IDENTIFIER, Frame
from pyinstrument.session import Session

from perfcompare.core.errors import WrongAnswerError
from perfcompare.core.http import Reply, Request
from perfcompare.core.scenario import Exchange
from perfcompare.core.target import Program
from perfcompare.plugins import servers
from perfcompare.runner import work_counter
from perfcompare.runner.client import Client
from perfcompare.runner.processes import ServerProcess
from perfcompare.services.proxy import Proxy
from perfcompare.targets.demonstration import programs
from perfcompare.targets.demonstration.profiled_sql import Statement, statements
from perfcompare.targets.demonstration.target import Demonstration

WARM: Final = 5
"""Requests before the first one that counts: connections, caches and lazy imports."""
SMALLEST: Final = 0.003
"""Functions with a smaller share of the time are left out."""
WAITING: Final = "waiting (await)"
_SEED: Final = 1


@dataclass(frozen=True, kw_only=True)
class Profiled:
    """The profile of one scenario. Times are medians in milliseconds."""

    scenario: str
    requests: int
    plain_ms: float
    silk_ms: float | None
    """None where silk recorded nothing."""
    flame_ms: float
    silk_requests: tuple[str, ...]
    """The ids of its requests in silk."""
    statements: tuple[Statement, ...]
    """The SQL that one request sent to PostgreSQL."""
    frames: Mapping[str, Any]
    """`name`, `file`, `seconds`, `children`."""


def program(stack: str, server: str, *, environ: Mapping[str, str], folder: Path) -> Program:
    """A server that loads `config.profiled` in place of the stack, with `config.settings.profile`."""
    interface = servers[server].interface
    return programs.launched(
        stack,
        server,
        f"config.profiled:{interface}",
        settings="config.settings.profile",
        threads=1,
        environ={
            **environ,
            "PERFCOMPARE_PROFILED": programs.target_of(stack, server),
            "PERFCOMPARE_PROFILES": str(folder),
            "PERFCOMPARE_CPROFILE": "1" if interface == "wsgi" else "0",
        },
    )


def profile(
    stack: str, server: str, names: Sequence[str], target: Demonstration, *, requests: int, folder: Path
) -> Iterator[Profiled]:
    """Start the stack once and send `requests` requests in each of the three ways for each scenario.

    `folder` is an existing empty one. WrongAnswerError when an answer is not the contract's.
    """
    with (
        ServerProcess(
            program(stack, server, environ=target.environ, folder=folder), log=folder / "server.log", cpus=None
        ) as process,
        Proxy(target.environ["DATABASE_URL"]) as proxy,
        _seen(stack, server, target, proxy, folder) as seen,
    ):
        for name in names:
            endpoint = target.endpoint(name)
            traffic = endpoint.traffic(Random(_SEED))
            found = _profiled(_Sender(process, name, traffic), name, requests, folder)
            yield replace(found, statements=_statements(_Sender(seen, name, traffic), proxy))
            if endpoint.writes:
                target.restore()


def _seen(stack: str, server: str, target: Demonstration, proxy: Proxy, folder: Path) -> ServerProcess:
    """The stack as in a timed trial, before the proxy."""
    seen = target.program(stack, server, told={"DATABASE_URL": proxy.url})
    return ServerProcess(seen, log=folder / "seen.log", cpus=None)


def _statements(sender: _Sender, proxy: Proxy) -> tuple[Statement, ...]:
    sender.send(work_counter.WARM)
    proxy.clear()
    sender.send(1)
    return tuple(statements(proxy.sent))


class _Sender:
    """Sends the traffic of one scenario, one request after another."""

    def __init__(self, server: ServerProcess, scenario: str, traffic: Iterator[Exchange]) -> None:
        self._client = Client(server.host, server.port)
        self._server, self._scenario, self._traffic = server, scenario, traffic

    def send(self, count: int, **marks: str) -> tuple[list[float], list[Reply]]:
        """Milliseconds and answers of `count` requests that carry `marks` as headers."""
        times, replies = [], []
        for exchange in islice(self._traffic, count):
            request = _marked(exchange.request, marks)
            began = time.perf_counter()
            reply = self._client.send(request, self._server.prefix)
            times.append((time.perf_counter() - began) * 1000)
            difference = exchange.expected.difference(reply)
            if difference is not None:
                raise WrongAnswerError(
                    f"{self._server.prefix}{request.path} ({self._scenario}) answers wrongly when it is profiled: "
                    f"{difference} {self._server.tail()}"
                )
            replies.append(reply)
        return times, replies


def _marked(request: Request, marks: Mapping[str, str]) -> Request:
    added = {f"x-perfcompare-{name}": value for name, value in marks.items()}
    return replace(request, headers={**request.headers, **added})


def _profiled(sender: _Sender, name: str, requests: int, folder: Path) -> Profiled:
    sender.send(WARM)
    plain, _ = sender.send(requests)
    sender.send(1, profile="silk")  # silk inspects its tables and sources when it is first used
    recorded, replies = sender.send(requests, profile="silk")
    sampled, _ = sender.send(requests, flame=name)
    sender.send(1, write=name)
    numbers = tuple(reply.headers["x-perfcompare-silk"] for reply in replies if "x-perfcompare-silk" in reply.headers)
    return Profiled(
        scenario=name,
        requests=requests,
        plain_ms=median(plain),
        silk_ms=median(recorded) if numbers else None,
        flame_ms=median(sampled),
        silk_requests=numbers,
        statements=(),
        frames=_frames(folder / f"{name}.pyisession"),
    )


def _frames(file: Path) -> Mapping[str, Any]:
    """The samples of a scenario as a tree, from the application down; empty without any."""
    root = Session.load(file).root_frame() if file.exists() else None
    inside = _applications(root) if root else []
    return _merged(inside or [root], sum(frame.time for frame in inside)) if root else {}


def _applications(root: Frame) -> list[Frame]:
    """The frames of the application, one for each way a server called it. The frames above are not part of it."""
    found, waiting = [], [root]
    for frame in waiting:  # grows while it is walked
        if frame.function in ("asgi", "wsgi") and (frame.file_path or "").endswith("config/profiled.py"):
            found.append(frame)
        else:
            waiting += frame.children
    return found


def _merged(frames: Sequence[Frame], whole: float) -> dict[str, Any]:
    """Merge calls of one function from one place."""
    groups: dict[str, list[Frame]] = {}
    for child in (child for frame in frames for child in frame.children):
        if child.identifier != SELF_TIME_FRAME_IDENTIFIER:
            groups.setdefault(child.identifier, []).append(child)
    children = [_merged(group, whole) for group in groups.values() if _time(group) >= SMALLEST * whole]
    first = frames[0]
    return {
        "name": _name(first),
        "file": f"{first.file_path_short or ''}:{first.line_no or 0}",
        "seconds": _time(frames),
        "children": sorted(children, key=lambda child: float(child["seconds"]), reverse=True),
    }


def _name(frame: Frame) -> str:
    """The function with its class, if it has one."""
    if frame.identifier == AWAIT_FRAME_IDENTIFIER:
        return WAITING
    return f"{frame.class_name}.{frame.function}" if frame.class_name else frame.function


def _time(frames: Sequence[Frame]) -> float:
    return sum(frame.time for frame in frames)
