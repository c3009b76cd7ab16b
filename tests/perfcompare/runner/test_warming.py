from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from perfcompare.runner import warming
from perfcompare.targets.demonstration.target import endpoint
from users.dataset import Dataset


@pytest.mark.parametrize(
    ("costs", "is_steady"),
    [
        ([], False),
        ([100.0, 100.0], False),
        ([300.0, 150.0, 100.0], False),
        ([300.0, 150.0, 102.0, 100.0, 98.0], True),
        ([100.0, 100.0, 100.0, 130.0], False),
    ],
)
def test_steady_is_a_cost_that_stays_within_five_percent_three_times(costs: list[float], is_steady: bool) -> None:
    assert warming.steady(costs) is is_steady


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    paths: set[str] = set()
    clients: set[int] = set()

    def do_GET(self) -> None:
        self.paths.add(self.path)
        self.clients.add(self.client_address[1])
        self.send_response(200)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:
        """Silent."""


@contextmanager
def server() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as found:
        found.daemon_threads = True
        thread = threading.Thread(target=found.serve_forever)
        thread.start()
        try:
            yield found.server_address[1]
        finally:
            found.shutdown()
            thread.join()


def test_it_sends_the_scenarios_traffic_over_connections_that_stay_until_the_cost_is_steady(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(warming, "steady", lambda costs: len(costs) == 2)
    with server() as port:
        warmer = warming.Warmer(
            "127.0.0.1", port, "/api/any/", endpoint("simple", Dataset(count=10, seed=1)), connections=2
        )
        warmth = warming.warm(warmer, os.getpid(), longest_s=60.0)

    assert warmth.steady
    assert warmth.answers >= 2 * warming.MIN_ANSWERS
    assert Handler.paths == {"/api/any/simple"}
    assert len(Handler.clients) == 2


class Silent(warming.Warmer):
    """Never gets an answer."""

    def __init__(self) -> None:
        pass

    def __enter__(self) -> Callable[[], int]:
        return lambda: 0

    def __exit__(self, *_: object) -> None:
        pass


def test_without_answers_it_ends_after_the_longest_time() -> None:
    warmth = warming.warm(Silent(), os.getpid(), longest_s=0.3)

    assert (warmth.answers, warmth.steady) == (0, False)
