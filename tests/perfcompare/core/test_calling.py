"""Applications that are called without a server."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from perfcompare.core import calling

ASKED = calling.call("GET", "/", {}, None)


@pytest.fixture(autouse=True)
def _no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calling, "LONGEST_S", -1.0)


def test_a_wsgi_answer_that_does_not_end_is_an_error_and_is_closed() -> None:
    closed = []

    class Endless:
        def __iter__(self) -> Iterator[bytes]:
            while True:
                yield b"tick"

        def close(self) -> None:
            closed.append(True)

    def application(_environ: Any, start_response: Any) -> Endless:
        start_response("200 OK", [])
        return Endless()

    with pytest.raises(TimeoutError, match="does not end"):
        calling.wsgi(application, ASKED)
    assert closed


def test_an_asgi_answer_that_does_not_end_is_an_error() -> None:
    async def application(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        while True:
            await send({"type": "http.response.body", "body": b"tick", "more_body": True})

    with pytest.raises(TimeoutError, match="does not end"):
        asyncio.run(calling.asgi(application, ASKED))
