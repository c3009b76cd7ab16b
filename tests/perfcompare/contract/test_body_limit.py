from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Iterable, Iterator, MutableMapping
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest

from perfcompare.contract.body_limit import MAX_DISCARDED_BYTES, LimitBodyASGI, limit_body_wsgi
from perfcompare.core import asgi
from perfcompare.core.limits import MAX_BODY_BYTES

MEBIBYTE = bytes(MAX_BODY_BYTES)
CHUNKED = {"transfer-encoding": "chunked"}


class Answers(list[dict[str, Any]]):
    """What an ASGI application sent."""

    @property
    def status(self) -> int:
        return int(self[0]["status"])

    @property
    def content(self) -> Any:
        return json.loads(self[-1]["body"])


class Client:
    """Hands out the messages of one request and counts them."""

    def __init__(self, messages: Iterable[dict[str, Any]]) -> None:
        self.messages = iter(messages)
        self.received = 0
        self.answers = Answers()

    async def receive(self) -> dict[str, Any]:
        self.received += 1
        return next(self.messages)

    async def send(self, message: MutableMapping[str, Any]) -> None:
        self.answers.append(dict(message))


def body(*chunks: bytes) -> Iterator[dict[str, Any]]:
    for number, chunk in enumerate(chunks, start=1):
        yield {"type": "http.request", "body": chunk, "more_body": number < len(chunks)}


async def length(_scope: Any, receive: Any, send: Any) -> None:
    """An application that answers how long the body was."""
    size, more = 0, True
    while more:
        message = await receive()
        size, more = size + len(message["body"]), message["more_body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"%d" % size})


async def untouched(_scope: Any, _receive: Any, _send: Any) -> None:
    raise AssertionError("a refused request reached the application")


def ask(client: Client, headers: dict[str, str], app: Any = length, **scope: Any) -> Answers:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    request = {"type": "http", "http_version": "1.1", "method": "POST", "headers": raw, **scope}
    asyncio.run(LimitBodyASGI(app)(request, client.receive, client.send))
    return client.answers


@pytest.mark.parametrize("headers", [{"content-length": str(MAX_BODY_BYTES)}, CHUNKED])
def test_a_body_of_exactly_the_limit_passes_asgi(headers: dict[str, str]) -> None:
    assert ask(Client(body(MEBIBYTE[:-1], b"x")), headers).content == MAX_BODY_BYTES


@pytest.mark.parametrize("method", ["POST", "GET"])
@pytest.mark.parametrize("headers", [{"content-length": str(MAX_BODY_BYTES + 1)}, CHUNKED])
def test_one_byte_more_is_413_in_asgi(method: str, headers: dict[str, str]) -> None:
    answers = ask(Client(body(MEBIBYTE, b"x")), headers, untouched, method=method)
    assert answers.status == 413
    assert "larger than 1048576 bytes" in answers.content["detail"]


def test_a_refused_body_is_read_to_its_end_in_asgi() -> None:
    client = Client(body(MEBIBYTE, MEBIBYTE, b"x"))
    ask(client, {"content-length": str(2 * MAX_BODY_BYTES + 1)}, untouched)
    assert client.received == 3


def test_a_chunked_body_that_ends_as_it_becomes_too_large_is_not_waited_for() -> None:
    client = Client(body(MEBIBYTE + b"x"))
    assert ask(client, CHUNKED, untouched).status == 413
    assert client.received == 1


def test_an_endless_chunked_body_is_left_after_a_while_in_asgi() -> None:
    endless = iter(lambda: {"type": "http.request", "body": MEBIBYTE, "more_body": True}, None)
    client = Client(endless)
    assert ask(client, CHUNKED, untouched).status == 413
    assert client.received * MAX_BODY_BYTES <= MAX_DISCARDED_BYTES + 2 * MAX_BODY_BYTES


@pytest.mark.parametrize("length", [str(MAX_DISCARDED_BYTES + 1), "9" * 30, "9" * 5000, "-5", "abc", "1_0", "²"])
def test_a_length_that_is_far_too_large_or_no_number_is_413_at_once_in_asgi(length: str) -> None:
    client = Client([])
    assert ask(client, {"content-length": length}, untouched).status == 413
    assert client.received == 0


@pytest.mark.parametrize("blanks", [" ", "\t", " \t "])
def test_blanks_around_a_length_are_no_part_of_it(blanks: str) -> None:
    assert ask(Client(body(b"abc")), {"content-length": f"{blanks}3{blanks}"}).content == 3
    assert wsgi(io.BytesIO(b"abc"), CONTENT_LENGTH=f"{blanks}3{blanks}") == ("200 OK", b"3")


def test_a_refused_body_that_does_not_come_is_answered_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stalled(Client):
        async def receive(self) -> dict[str, Any]:
            nothing: dict[str, Any] = await asyncio.get_running_loop().create_future()
            return nothing

    monkeypatch.setattr(asgi, "DISCARD_S", 0.01)

    assert ask(Stalled([]), {"content-length": str(MAX_BODY_BYTES + 1)}, untouched).status == 413


def test_a_websocket_is_refused() -> None:
    client = Client([{"type": "websocket.connect"}])
    asyncio.run(LimitBodyASGI(untouched)({"type": "websocket"}, client.receive, client.send))
    assert client.answers == [{"type": "websocket.close"}]
    assert client.received == 1


def test_a_declared_length_beside_chunks_is_not_believed() -> None:
    client = Client(body(MEBIBYTE, b"x"))
    assert ask(client, {**CHUNKED, "content-length": "3"}, untouched).status == 413


def test_http_2_needs_no_header_for_a_body() -> None:
    assert ask(Client(body(MEBIBYTE, b"x")), {}, untouched, http_version="2").status == 413


@pytest.mark.parametrize("headers", [{}, {"content-length": ""}, {"content-length": "0"}])
def test_a_request_without_a_body_reaches_the_application_unread(headers: dict[str, str]) -> None:
    client = Client(body(b""))

    async def unread(_scope: Any, _receive: Any, send: Any) -> None:
        assert client.received == 0
        await send({"type": "http.response.start", "status": 204, "headers": []})

    assert ask(client, headers, unread).status == 204


@pytest.mark.parametrize("headers", [{"content-length": "2"}, CHUNKED])
def test_a_body_that_breaks_off_is_400(headers: dict[str, str]) -> None:
    messages: list[dict[str, Any]] = [
        {"type": "http.request", "body": b"x", "more_body": True},
        {"type": "http.disconnect"},
    ]
    assert ask(Client(messages), headers, untouched).status == 400


def test_an_application_that_goes_on_receiving_sees_the_server_s_messages() -> None:
    seen = []

    async def curious(_scope: Any, receive: Any, send: Any) -> None:
        seen.extend([await receive(), await receive()])
        await send({"type": "http.response.start", "status": 204, "headers": []})

    ask(Client([*body(b"a", b"b"), {"type": "http.disconnect"}]), CHUNKED, curious)
    assert seen == [{"type": "http.request", "body": b"ab", "more_body": False}, {"type": "http.disconnect"}]


def test_lifespan_passes() -> None:
    async def lifespan(scope: Any, _receive: Any, _send: Any) -> None:
        assert scope == {"type": "lifespan"}

    client = Client([])
    asyncio.run(LimitBodyASGI(lifespan)({"type": "lifespan"}, client.receive, client.send))


def wsgi_length(environ: Any, start_response: Any) -> list[bytes]:
    start_response("200 OK", [])
    assert "HTTP_TRANSFER_ENCODING" not in environ
    return [b"%d" % len(environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)))]


def wsgi(stream: io.BytesIO, **variables: str) -> tuple[str, bytes]:
    environ: dict[str, Any] = {"REQUEST_METHOD": "POST", "wsgi.input": stream, **variables}
    setup_testing_defaults(environ)
    statuses: list[str] = []

    def start_response(status: str, *_rest: Any) -> Any:
        statuses.append(status)

    answer = b"".join(limit_body_wsgi(wsgi_length)(environ, start_response))
    return statuses[0], answer


def test_a_declared_body_of_exactly_the_limit_passes_wsgi() -> None:
    assert wsgi(io.BytesIO(MEBIBYTE), CONTENT_LENGTH=str(MAX_BODY_BYTES)) == ("200 OK", b"1048576")


def test_a_chunked_body_of_exactly_the_limit_arrives_with_its_length_in_wsgi() -> None:
    assert wsgi(io.BytesIO(MEBIBYTE), HTTP_TRANSFER_ENCODING="chunked") == ("200 OK", b"1048576")


def test_a_stream_that_gives_little_at_a_time_is_read_to_its_end() -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(min(size or 0, 100))

    assert wsgi(Slow(bytes(1000)), HTTP_TRANSFER_ENCODING="chunked") == ("200 OK", b"1000")


@pytest.mark.parametrize(
    ("variables", "taken"),
    [({"CONTENT_LENGTH": str(MAX_BODY_BYTES + 1)}, 0), ({"HTTP_TRANSFER_ENCODING": "chunked"}, MAX_BODY_BYTES + 1)],
)
def test_no_more_of_a_refused_body_is_read_than_tells_that_it_is_too_large_in_wsgi(
    variables: dict[str, str], taken: int
) -> None:
    stream = io.BytesIO(3 * MEBIBYTE)
    status, answer = wsgi(stream, **variables)
    assert status == "413 Content Too Large"
    assert "larger than 1048576 bytes" in json.loads(answer)["detail"]
    assert stream.tell() == taken


@pytest.mark.parametrize("length", [str(MAX_DISCARDED_BYTES + 1), "9" * 30, "9" * 5000, "-5", "abc", "1_0", "²"])
def test_a_length_that_is_far_too_large_or_no_number_is_413_unread_in_wsgi(length: str) -> None:
    stream = io.BytesIO(b"abc")
    status, _ = wsgi(stream, CONTENT_LENGTH=length)
    assert status == "413 Content Too Large"
    assert stream.tell() == 0


@pytest.mark.parametrize("variables", [{}, {"CONTENT_LENGTH": ""}])
def test_a_request_without_a_body_passes_wsgi(variables: dict[str, str]) -> None:
    assert wsgi(io.BytesIO(), **variables) == ("200 OK", b"0")
