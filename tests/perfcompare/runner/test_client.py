from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from perfcompare.core.http import Request
from perfcompare.runner.client import Client

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"


class Peer:
    """Takes one connection, reads until it has seen `until`, notes whether the client stays, and answers."""

    def __init__(self, answer: bytes, *, until: bytes = b"\r\n\r\n", closing: bool = False) -> None:
        self.received = b""
        self.client_stayed = False
        self._answer, self._until, self._closing = answer, until, closing
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.thread = threading.Thread(target=self._serve)
        self.thread.start()

    def _serve(self) -> None:
        with self._listener, self._listener.accept()[0] as connection:
            while self._until not in self.received and (data := connection.recv(65536)):
                self.received += data
            connection.settimeout(0.05)
            try:
                self.client_stayed = connection.recv(65536) != b""
            except TimeoutError:
                self.client_stayed = True
            connection.sendall(self._answer)
            connection.settimeout(5)
            while not self._closing and connection.recv(65536):
                pass


Serve = Callable[..., Peer]


@pytest.fixture
def serve() -> Iterator[Serve]:
    peers: list[Peer] = []

    def start(answer: bytes = OK, *, until: bytes = b"\r\n\r\n", closing: bool = False) -> Peer:
        peers.append(Peer(answer, until=until, closing=closing))
        return peers[-1]

    yield start
    for peer in peers:
        peer.thread.join(10)
        assert not peer.thread.is_alive()


def test_a_request_goes_out_under_the_prefix_and_the_answer_comes_back(serve: Serve) -> None:
    peer = serve(OK.replace(b"\r\n\r\n", b"\r\nX-Other: 1\r\n\r\n"))

    reply = Client("127.0.0.1", peer.port).send(Request(path="users?limit=1"), "/api/drf/")

    assert peer.received.startswith(b"GET /api/drf/users?limit=1 HTTP/1.1\r\n")
    assert (reply.status, reply.body) == (200, b"{}")
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["x-other"] == "1"


def test_a_header_that_comes_twice_holds_both_values(serve: Serve) -> None:
    peer = serve(OK.replace(b"\r\n\r\n", b"\r\nAllow: GET\r\nAllow: POST\r\n\r\n"))

    assert Client("127.0.0.1", peer.port).send(Request(path=""), "/").headers["allow"] == "GET, POST"


def test_a_chunked_answer_is_put_together(serve: Serve) -> None:
    peer = serve(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n")

    assert Client("127.0.0.1", peer.port).send(Request(path=""), "/").body == b"{}"


def test_the_host_is_the_servers_unless_the_request_has_one(serve: Serve) -> None:
    right, foreign = serve(), serve()

    Client("127.0.0.1", right.port).send(Request(path=""), "/")
    Client("127.0.0.1", foreign.port).send(Request(path="", headers={"Host": "attacker.example"}), "/")

    assert f"\r\nHost: 127.0.0.1:{right.port}\r\n".encode() in right.received
    assert b"\r\nHost: attacker.example\r\n" in foreign.received
    assert foreign.received.lower().count(b"\r\nhost:") == 1


def test_header_values_go_out_as_latin_1(serve: Serve) -> None:
    peer = serve()

    Client("127.0.0.1", peer.port).send(Request(path="", headers={"Authorization": "Token é"}), "/")

    assert b"Authorization: Token \xe9\r\n" in peer.received


def test_a_body_is_declared_with_its_length(serve: Serve) -> None:
    peer = serve(until=b"abc")

    Client("127.0.0.1", peer.port).send(Request(path="", method="POST", body=b"abc"), "/")

    assert b"\r\nContent-Length: 3\r\n" in peer.received
    assert peer.received.endswith(b"\r\n\r\nabc")


def test_no_content_type_is_made_up(serve: Serve) -> None:
    peer = serve(until=b"abc")

    Client("127.0.0.1", peer.port).send(Request(path="", method="POST", body=b"abc"), "/")

    assert b"content-type" not in peer.received.lower()


def test_a_chunked_body_is_not_declared(serve: Serve) -> None:
    peer = serve(until=b"\r\n0\r\n\r\n")

    Client("127.0.0.1", peer.port).send(Request(path="", method="POST", body=b"x" * 20_000, chunked=True), "/")

    head, _, chunks = peer.received.partition(b"\r\n\r\n")
    assert b"content-length" not in head.lower()
    assert b"Transfer-Encoding: chunked" in head
    assert chunks == b"4000\r\n" + b"x" * 16384 + b"\r\nE20\r\n" + b"x" * 3616 + b"\r\n0\r\n\r\n"


def test_the_client_stays_until_it_is_answered(serve: Serve) -> None:
    peer = serve()

    Client("127.0.0.1", peer.port).send(Request(path=""), "/")

    assert peer.client_stayed


def test_an_answer_that_comes_before_the_body_was_read_is_read(serve: Serve) -> None:
    peer = serve(OK.replace(b"200 OK", b"413 Content Too Large"), closing=True)
    body = b"x" * 10_000_000  # more than the kernel holds for a peer that does not read

    reply = Client("127.0.0.1", peer.port).send(Request(path="", method="POST", body=body), "/")

    assert reply.status == 413


def test_silence_is_an_error_after_the_timeout(serve: Serve) -> None:
    peer = serve(b"")

    with pytest.raises(TimeoutError):
        Client("127.0.0.1", peer.port, timeout_s=0.2).send(Request(path=""), "/")


def test_a_refused_connection_is_an_error() -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        with pytest.raises(ConnectionRefusedError):
            Client("127.0.0.1", unheard.getsockname()[1]).send(Request(path=""), "/")


@pytest.mark.parametrize("answer", [b"", b"junk\r\n\r\n", OK.replace(b": 2", b": 3")], ids=["none", "junk", "half"])
def test_no_whole_answer_is_an_error(serve: Serve, answer: bytes) -> None:
    peer = serve(answer, closing=True)

    with pytest.raises(OSError, match=r".+"):
        Client("127.0.0.1", peer.port).send(Request(path=""), "/")


def test_an_answer_without_an_end_is_no_answer() -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    peer = Peer(head + b"1\r\na\r\n" * 2)

    with pytest.raises(OSError, match="the answer does not end: 1 bytes in 0 s"):
        Client("127.0.0.1", peer.port, whole_s=0.0).send(Request(path="a"), "/")
    peer.thread.join()


def test_an_answer_that_is_shorter_than_it_says_is_no_answer() -> None:
    peer = Peer(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}", closing=True)

    with pytest.raises(OSError, match="IncompleteRead"):
        Client("127.0.0.1", peer.port).send(Request(path="a"), "/")
    peer.thread.join()
