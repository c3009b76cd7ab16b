"""The slow upstream, request by request, over a real socket."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.waiting import until

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    file = tmp_path_factory.mktemp("upstream") / "url"
    with subprocess.Popen([sys.executable, "-m", "perfcompare.services.slow_http", str(file)], cwd=ROOT) as process:
        until(file.exists)
        yield urlsplit(file.read_text()).port or 0
        process.kill()


@pytest.fixture
def client(port: int) -> Iterator[HTTPConnection]:
    client = HTTPConnection("127.0.0.1", port, timeout=5)
    yield client
    client.close()


def get(client: HTTPConnection, target: str, method: str = "GET") -> tuple[HTTPResponse, object]:
    client.request(method, target)
    response = client.getresponse()
    return response, json.loads(response.read())


def exchange(port: int, *pieces: bytes) -> bytes:
    """Everything the service sends back until it closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            connection.sendall(piece)
        connection.shutdown(socket.SHUT_WR) if pieces[-1:] == (b"",) else None
        return b"".join(iter(lambda: connection.recv(65536), b""))


def delays(answer: bytes) -> list[int]:
    return [json.loads(part.partition(b"\r\n\r\n")[2])["delay_ms"] for part in answer.split(b"HTTP/1.1 ")[1:]]


def test_the_answer_on_a_kept_connection(client: HTTPConnection) -> None:
    for delay in (50, 0, 1):
        response, body = get(client, f"/?delay_ms={delay}")
        assert (response.status, response.headers["Content-Type"]) == (200, "application/json")
        assert body == {"delay_ms": delay, "source": "upstream"}


def test_without_a_delay_the_default_is_taken(client: HTTPConnection) -> None:
    assert get(client, "/")[1] == {"delay_ms": 50, "source": "upstream"}


@pytest.mark.parametrize("delay", ["x", "-1", "10001", "1.5", "", "9" * 5000, "%C2%B2", "%D9%A3"])
def test_a_bad_delay_is_400_and_the_connection_goes_on(client: HTTPConnection, delay: str) -> None:
    response, body = get(client, f"/?delay_ms={delay}")

    assert response.status == 400
    assert isinstance(body, dict)
    assert "delay_ms" in body["detail"]
    assert get(client, "/?delay_ms=0")[0].status == 200


@pytest.mark.parametrize(("method", "target", "status"), [("GET", "/other", 404), ("POST", "/", 405)])
def test_other_requests(client: HTTPConnection, method: str, target: str, status: int) -> None:
    assert get(client, target, method)[0].status == status


def test_pipelined_requests_are_answered_in_order(port: int) -> None:
    requests = [b"GET /?delay_ms=%d HTTP/1.1\r\nHost: x\r\n\r\n" % delay for delay in (60, 0, 30)]
    last = b"GET /?delay_ms=1 HTTP/1.1\r\nConnection: close\r\n\r\n"

    assert delays(exchange(port, b"".join([*requests, last]))) == [60, 0, 30, 1]


def test_a_request_in_single_bytes(port: int) -> None:
    request = b"GET /?delay_ms=3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

    assert delays(exchange(port, *[request[i : i + 1] for i in range(len(request))])) == [3]


def test_a_body_is_skipped(port: int) -> None:
    first = b"GET /?delay_ms=2 HTTP/1.1\r\nContent-Length: 20\r\n\r\nGET / HTTP/1.1\r\n\r\nxx"
    last = b"GET /?delay_ms=1 HTTP/1.1\r\nConnection: close\r\n\r\n"

    assert delays(exchange(port, first + last)) == [2, 1]


def test_http_1_0_is_closed_after_the_answer(port: int) -> None:
    assert delays(exchange(port, b"GET /?delay_ms=1 HTTP/1.0\r\n\r\n")) == [1]


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"rubbish\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nContent-Length: %s\r\n\r\n" % (b"9" * 5000), b"400"),
        (b"GET / HTTP/1.1\r\nX: " + b"x" * 70_000, b"431"),
    ],
)
def test_what_cannot_be_read_is_refused_and_closed(port: int, request_: bytes, status: bytes) -> None:
    assert exchange(port, request_).startswith(b"HTTP/1.1 " + status)


def test_a_flood_behind_a_slow_request_is_answered_in_full(port: int) -> None:
    count = 5000
    flood = b"GET /?delay_ms=20 HTTP/1.1\r\n\r\n" + b"GET /?delay_ms=0 HTTP/1.1\r\n\r\n" * count
    last = b"GET /?delay_ms=1 HTTP/1.1\r\nConnection: close\r\n\r\n"

    assert len(delays(exchange(port, flood + last))) == count + 2
