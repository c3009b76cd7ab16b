from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import override_settings

from perfcompare.core import asgi
from perfcompare.levers.lean_asgi.handler import LeanASGIHandler

pytestmark = pytest.mark.anyio

LIMIT = 1000


@pytest.fixture(autouse=True)
def limit() -> Iterator[None]:
    with override_settings(PERFCOMPARE={"lean_asgi": {"body_limit": LIMIT}}, FILE_UPLOAD_MAX_MEMORY_SIZE=LIMIT):
        yield


class Client:
    """Sends the parts of a body, then what `end` says."""

    def __init__(self, parts: list[bytes], *, end: str = "complete", headers: dict[str, str]) -> None:
        self.messages: list[Any] = [{"type": "http.request", "body": part, "more_body": True} for part in parts]
        self.stays = end == "complete"
        self.messages[-1]["more_body"] = not self.stays
        self.headers = [(name.encode(), value.encode()) for name, value in headers.items()]
        self.sent: list[Any] = []

    async def post(self, app: Any, path: str = "/echo") -> tuple[int, bytes, dict[bytes, bytes]]:
        scope = {"type": "http", "http_version": "1.1", "method": "POST", "path": path, "query_string": b""}
        await app({**scope, "headers": self.headers}, self._receive, self._send)
        if not self.sent:
            return 0, b"", {}
        body = b"".join(message.get("body", b"") for message in self.sent[1:])
        return self.sent[0]["status"], body, dict(self.sent[0]["headers"])

    async def _receive(self) -> Any:
        if self.stays and not self.messages:
            await asyncio.get_running_loop().create_future()
        return self.messages.pop(0) if self.messages else {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        self.sent.append(message)


CHUNKED = {"transfer-encoding": "chunked"}


async def test_a_body_arrives_whole_in_whatever_parts_it_came(app: LeanASGIHandler) -> None:
    assert (await Client([b"a"] * LIMIT, headers=CHUNKED).post(app))[:2] == (200, b"a" * LIMIT)
    assert (await Client([b"ab", b"cd"], headers={"content-length": "4"}).post(app))[:2] == (200, b"abcd")


async def test_a_declared_body_over_the_limit_is_413_in_json_and_read_off(app: LeanASGIHandler) -> None:
    client = Client([b"x" * LIMIT, b"x"], headers={"content-length": str(LIMIT + 1)})
    status, body, headers = await client.post(app)
    assert (status, body) == (413, b'{"detail": "The body is larger than 1000 bytes."}')
    assert headers[b"Connection"] == b"close"
    assert not client.messages


async def test_a_chunked_body_over_the_limit_is_413_and_no_more_is_read_than_promised(app: LeanASGIHandler) -> None:
    client = Client([b"x" * LIMIT] * 100, end="never", headers=CHUNKED)
    assert (await client.post(app))[0] == 413
    assert 80 < len(client.messages) < 90


async def test_nothing_is_read_of_a_body_that_is_far_too_large(app: LeanASGIHandler) -> None:
    client = Client([b"x"], end="never", headers={"content-length": "9" * 30})
    assert (await client.post(app))[0] == 413
    assert client.messages


@pytest.mark.parametrize("headers", [CHUNKED, {"content-length": "8"}])
async def test_a_body_that_ends_early_is_400(app: LeanASGIHandler, headers: dict[str, str]) -> None:
    client = Client([b"half"], end="never", headers=headers)
    assert (await client.post(app))[:2] == (400, b'{"detail": "The body is incomplete."}')


@pytest.mark.parametrize("headers", [CHUNKED, {"content-length": "8"}])
async def test_without_a_limit_a_body_that_ends_early_is_no_request(
    app: LeanASGIHandler, headers: dict[str, str]
) -> None:
    client = Client([b"half"], end="never", headers=headers)
    with override_settings(PERFCOMPARE={}):
        assert (await client.post(app))[0] == 0


@pytest.mark.parametrize("blanks", [" ", "\t", " \t "])
async def test_blanks_around_a_length_are_no_part_of_it(app: LeanASGIHandler, blanks: str) -> None:
    client = Client([b"abcd"], headers={"content-length": f"{blanks}4{blanks}"})
    assert (await client.post(app))[:2] == (200, b"abcd")


async def test_a_refused_body_that_does_not_come_is_answered_all_the_same(
    app: LeanASGIHandler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asgi, "DISCARD_S", 0.01)
    client = Client([b""], headers={"content-length": str(LIMIT + 1)})
    client.messages.clear()
    assert (await client.post(app))[0] == 413


async def test_an_upload_may_be_larger_than_the_limit_for_other_bodies(app: LeanASGIHandler) -> None:
    head = b'--b\r\nContent-Disposition: form-data; name="f"; filename="f.bin"\r\n\r\n'
    body = [head, b"x" * 5000, b"\r\n--b--\r\n"]
    headers = {"content-type": "multipart/form-data; boundary=b", "content-length": str(sum(map(len, body)))}
    assert (await Client(body, headers=headers).post(app, "/upload"))[:2] == (200, b'{"f": 5000}')
