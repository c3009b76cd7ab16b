"""What a request costs on a server, by what the process there says about itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import ClassVar, Final

import pytest

from perfcompare.core.http import Request
from perfcompare.project.audit.child import WorkerError
from perfcompare.project.audit.metered import meter
from perfcompare.project.audit.serving import Served

SERVER_NS: Final = 2_000
APPLICATION_NS: Final = 10_000


class Metered(BaseHTTPRequestHandler):
    """Each request costs the server the same, and all but the meter's cost the application something too."""

    protocol_version = "HTTP/1.1"
    spent: ClassVar[dict[str, int]] = {"process": 0, "application": 0}

    def do_GET(self) -> None:
        self.spent["process"] += SERVER_NS
        if self.path != meter.PATH:
            self.spent["process"] += APPLICATION_NS
            self.spent["application"] += APPLICATION_NS
        body = json.dumps(self.spent).encode()
        self.send_response(404 if self.path == "/missing" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@pytest.fixture
def served() -> Iterator[Served]:
    """A server with two requests."""
    with HTTPServer(("127.0.0.1", 0), Metered) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield Served(
            host="127.0.0.1", port=server.server_port, requests=[Request(path="a?b=1"), Request(path="missing")]
        )
        server.shutdown()


@pytest.mark.parametrize("number", [1, 7])
def test_the_servers_own_part_is_what_is_not_the_applications(served: Served, number: int) -> None:
    found = served.measure(0, number)

    assert (found["server_us"], found["cpu_us"], found["statuses"]) == (2.0, 12.0, [200])
    assert served.measure(1, number)["statuses"] == [404]


def test_a_server_that_is_gone_is_told(served: Served) -> None:
    gone = Served(host=served.host, port=1, requests=served.requests)

    for ask in (lambda: gone.reply(0), lambda: gone.measure(0, 1)):
        with pytest.raises(WorkerError, match="The server does not answer"):
            ask()
