from __future__ import annotations

import re
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import pytest
import urllib3

from perfcompare.levers.lean_urllib3 import heads, requesting

Script = Sequence[Sequence[bytes]]
"""For each request, the pieces of its answer; `CLOSE` closes the connection, `HANG` answers no more."""
CLOSE: Final = b"<close>"
HANG: Final = b"<hang>"
PLAIN: Final = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nfirst"


class Server:
    """A server that gives the scripted answers, one after another, on as many connections as it is asked on."""

    def __init__(self, script: Script) -> None:
        self._answers = iter(script)
        self.heads: list[bytes] = []
        self.connections = 0
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(connection)
            self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        while True:
            head = b""
            while b"\r\n\r\n" not in head:
                received = connection.recv(4096)
                if not received:
                    return
                head += received
            self.heads.append(head.replace(str(self.port).encode(), b"PORT"))
            for piece in next(self._answers, [CLOSE]):
                if piece == CLOSE:
                    connection.close()
                    return
                if piece == HANG:
                    return
                connection.sendall(piece)
                threading.Event().wait(0.02)  # pieces arrive apart

    def close(self) -> None:
        if self._listener.fileno() < 0:
            return
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(5)
        for connection in self._open:
            connection.close()


Serve = Callable[[Script], Server]


@pytest.fixture
def serve() -> Iterator[Serve]:
    servers: list[Server] = []

    def started(script: Script) -> Server:
        servers.append(Server(script))
        return servers[-1]

    yield started
    for server in servers:
        server.close()


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """For each answer that came the short way, whether it was read there."""
    seen: list[bool] = []
    original = heads.read

    def noted(data: bytes) -> heads.Answer | None:
        answer = original(data)
        seen.append(answer is not None)
        return answer

    monkeypatch.setattr(heads, "read", noted)
    return seen


def _ask(server: Server, number: int, path: str = "/p?a=1", timeout: float = 5.0, **options: Any) -> list[Any]:
    with urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(total=timeout)) as pool:
        return [_answer(pool, f"http://127.0.0.1:{server.port}{path}", options) for _ in range(number)]


def _answer(pool: urllib3.PoolManager, url: str, options: dict[str, Any]) -> Any:
    try:
        reply = pool.request("GET", url, **options)
    except urllib3.exceptions.HTTPError as error:
        # Ports and the time that was left differ from one request to the next.
        return type(error), re.sub(r"[0-9.]+", "N", str(error.args[-1])), type(error.__cause__), type(error.__context__)
    return {
        "status": (reply.status, reply.reason, reply.version, reply.version_string),
        "headers": list(reply.headers.items()),
        "case": list(reply.headers),
        "data": reply.data,
        "state": (reply.closed, reply.tell(), reply.length_remaining, reply.chunked, str(reply.retries)),
        "rest": (reply.read(), reply.data, reply.get_redirect_location(), reply.geturl()),
    }


def _both(serve: Serve, script: Script, number: int, **options: Any) -> tuple[list[Any], list[Any], Server, Server]:
    first = serve(script)
    requesting.install()
    try:
        own = _ask(first, number, **options)
    finally:
        requesting.uninstall()
    second = serve(script)
    return own, _ask(second, number, **options), first, second


def _with(head: bytes, body: bytes = b"second") -> bytes:
    return b"HTTP/1.1 " + head + b"\r\n\r\n" + body


SHORT: Final[dict[str, bytes]] = {
    "plain": _with(b"200 OK\r\nContent-Length: 6"),
    "several headers": _with(b"200 OK\r\ncontent-type: a/b; c=d\r\nX-Empty:\r\nX-Space:   a b\r\nContent-Length: 6"),
    "an error": _with(b"503 Service Unavailable\r\nContent-Length: 6"),
    "without a reason": _with(b"200 \r\nContent-Length: 6"),
    "a redirect": _with(b"302 Found\r\nLocation: /other\r\nContent-Length: 6"),
    "kept alive": _with(b"200 OK\r\nConnection: keep-alive\r\nContent-Length: 6"),
}
LONG: Final[dict[str, Sequence[bytes]]] = {
    "in pieces": [b"HTTP/1.1 200 OK\r\nContent-", b"Length: 6\r\n", b"\r\n", b"sec", b"ond"],
    "body apart": [b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n", b"second"],
    "chunked": [_with(b"200 OK\r\nTransfer-Encoding: chunked", b"3\r\nsec\r\n3\r\nond\r\n0\r\n\r\n")],
    "compressed": [_with(b"200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 6")],
    "cookies": [_with(b"200 OK\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Length: 6")],
    "a header twice": [_with(b"200 OK\r\nX: a\r\nX: b\r\nContent-Length: 6")],
    "folded": [_with(b"200 OK\r\nX: a\r\n b\r\nContent-Length: 6")],
    "not ASCII": [_with(b"200 OK\r\nX: \xe9\r\nContent-Length: 6")],
    "a space behind": [_with(b"200 OK\r\nX: a \r\nContent-Length: 6")],
    "empty": [_with(b"200 OK\r\nContent-Length: 0", b"")],
    "no content": [_with(b"204 No Content", b"")],
    "interim": [b"HTTP/1.1 100 Continue\r\n\r\n", _with(b"200 OK\r\nContent-Length: 6")],
    "closing": [_with(b"200 OK\r\nConnection: close\r\nContent-Length: 6"), CLOSE],
    "until the end": [_with(b"200 OK"), CLOSE],
    "HTTP/1.0": [b"HTTP/1.0 200 OK\r\nContent-Length: 6\r\n\r\nsecond", CLOSE],
    "cut off": [_with(b"200 OK\r\nContent-Length: 60"), CLOSE],
    "nothing": [CLOSE],
    "a cut head": [b"HTTP/1.1 200 OK\r\nConte", CLOSE],
    "no HTTP": [b"hello\r\n\r\n", CLOSE],
    "a bad length": [_with(b"200 OK\r\nContent-Length: x"), CLOSE],
    "large": [_with(b"200 OK\r\nContent-Length: 200000", b"x" * 200_000)],
}


@pytest.mark.parametrize("name", SHORT)
def test_a_plain_answer_is_urllib3s(name: str, serve: Serve, read: list[bool]) -> None:
    script = [[PLAIN], [SHORT[name]], [PLAIN]]
    own, stock, first, second = _both(serve, script, 3)

    assert own == stock
    assert first.heads == second.heads
    assert first.connections == second.connections == 1
    assert read == [True, True]


@pytest.mark.parametrize("name", LONG)
def test_any_other_answer_is_urllib3s_too(name: str, serve: Serve, read: list[bool]) -> None:
    own, stock, first, second = _both(serve, [[PLAIN], LONG[name], [PLAIN], [PLAIN]], 3)

    assert own == stock
    assert first.connections == second.connections
    assert read[0] is False


def test_what_never_comes_is_a_time_out(serve: Serve, read: list[bool]) -> None:
    own, stock, _, _ = _both(serve, [[PLAIN], [HANG]], 2, timeout=0.3)

    assert own == stock
    assert own[1][0] is urllib3.exceptions.ReadTimeoutError
    assert read == []


def test_a_body_that_never_comes_is_a_time_out(serve: Serve) -> None:
    own, stock, _, _ = _both(serve, [[PLAIN], [_with(b"200 OK\r\nContent-Length: 60"), HANG]], 2, timeout=0.3)

    assert own == stock
    assert own[1][0] is urllib3.exceptions.ReadTimeoutError


def test_a_server_that_is_gone_is_no_connection(serve: Serve) -> None:
    server = serve([[PLAIN, CLOSE]])
    server.close()
    requesting.install()
    try:
        (own,) = _ask(server, 1)
    finally:
        requesting.uninstall()

    assert own[0] is urllib3.exceptions.NewConnectionError


@pytest.mark.parametrize(
    ("path", "options"),
    [
        ("/", {"headers": {"X-A": "b", "User-Agent": "me"}}),
        ("/ä b?c=%20", {}),
        ("/", {"fields": {"a": "b c&d"}}),
        ("/", {"headers": {"Host": "other", "Accept-Encoding": "gzip"}}),
    ],
)
def test_the_request_is_the_same(path: str, options: dict[str, Any], serve: Serve, read: list[bool]) -> None:
    _, _, first, second = _both(serve, [[PLAIN]] * 3, 3, path=path, **options)

    assert first.heads == second.heads
    assert read == [True, True]


def test_a_content_that_is_not_loaded_at_once_is_urllib3s(serve: Serve, read: list[bool]) -> None:
    own, stock, _, _ = _both(serve, [[PLAIN]] * 2, 2, preload_content=False)

    assert [one["data"] for one in own] == [one["data"] for one in stock]
    assert read == []


@pytest.mark.parametrize("value", ["a\r\nX-Evil: b", "a\nb"])
def test_a_header_cannot_end_the_line(value: str, serve: Serve) -> None:
    server = serve([[PLAIN]] * 3)
    requesting.install()
    try:
        with urllib3.PoolManager(retries=False) as pool:
            pool.request("GET", f"http://127.0.0.1:{server.port}/")
            with pytest.raises(ValueError, match="Invalid header value"):
                pool.request("GET", f"http://127.0.0.1:{server.port}/", headers={"X": value})
    finally:
        requesting.uninstall()
