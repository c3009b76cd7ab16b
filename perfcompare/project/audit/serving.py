"""The project on a server, from outside: what a request costs there, and how much of it is the server's own."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from perfcompare.core.http import Reply, Request
from perfcompare.core.interface import Interface
from perfcompare.plugins import servers
from perfcompare.project import starting
from perfcompare.project.audit.child import WorkerError
from perfcompare.project.audit.metered import meter
from perfcompare.project.project import Project
from perfcompare.runner.client import TIMEOUT_S, Client

_METERED: Final[Mapping[Interface, str]] = {
    "wsgi": "perfcompare.project.audit.metered.wsgi:application",
    "asgi": "perfcompare.project.audit.metered.asgi:application",
}


@dataclass(frozen=True, kw_only=True)
class Served:
    """A server that answers the project's requests, one after another."""

    host: str
    port: int
    requests: Sequence[Request]

    def reply(self, call: int) -> Reply:
        """The whole answer to a request. Raises WorkerError when there is none."""
        try:
            return Client(self.host, self.port).send(self.requests[call], "/")
        except OSError as error:
            raise WorkerError(f"The server does not answer: {error}") from error

    def measure(self, call: int, number: int) -> Mapping[str, Any]:
        """The cost of one request, over so many: all of it, and the server's own part."""
        with closing(HTTPConnection(self.host, self.port, timeout=TIMEOUT_S)) as connection:
            try:
                before = _metered(connection)
                begun = time.perf_counter_ns()
                statuses = {_sent(connection, self.requests[call]) for _ in range(number)}
                wall = time.perf_counter_ns() - begun
                after = _metered(connection)
            except (OSError, HTTPException) as error:
                raise WorkerError(f"The server does not answer: {error!r}") from error
        process, application = (after[name] - before[name] for name in ("process", "application"))
        # The server has answered once more: the question of its meter.
        server_us = (process - application) / (number + 1) / 1000
        return {
            "cpu_us": server_us + application / number / 1000,
            "server_us": server_us,
            "wall_us": wall / number / 1000,
            "statuses": sorted(statuses),
        }


def _metered(connection: HTTPConnection) -> Mapping[str, int]:
    connection.request("GET", meter.PATH)
    found: Mapping[str, int] = json.loads(connection.getresponse().read())
    return found


def _sent(connection: HTTPConnection, request: Request) -> int:
    connection.request(request.method, f"/{request.path}", request.body, dict(request.headers))
    response = connection.getresponse()
    response.read()
    return response.status


@contextmanager
def served(project: Project, server: str, requests: Sequence[Request]) -> Iterator[Served]:
    """The project as it is on this server, which ends with the block."""
    application = _METERED[servers[server].interface]
    with TemporaryDirectory() as folder:
        log = Path(folder) / "server.log"
        with starting.process(project, "as_is", (), server=server, log=log, application=application) as process:
            yield Served(host=process.host, port=process.port, requests=requests)
