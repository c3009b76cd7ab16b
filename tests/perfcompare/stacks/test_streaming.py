"""Streams without a server: what becomes of one whose client leaves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.handlers.asgi import ASGIHandler

from perfcompare.levers.lean_asgi.handler import LeanASGIHandler
from perfcompare.work import streaming

APPLICATIONS: dict[str, Callable[[], Any]] = {
    "ninja_async": ASGIHandler,
    "django_lean": LeanASGIHandler,
    "fastapi": lambda: __import__("perfcompare.stacks.fastapi.app", fromlist=["app"]).app,
}


@pytest.mark.parametrize("stack", APPLICATIONS)
def test_a_client_that_leaves_ends_the_generator(
    stack: str, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    if stack != "fastapi":
        settings.ROOT_URLCONF = f"perfcompare.stacks.{stack}.urls"
    ended: list[int] = []
    made = streaming.aparts

    async def watched(parts: int, interval_ms: int) -> AsyncIterator[bytes]:
        number = 0
        try:
            async for part in made(parts, interval_ms):
                number += 1
                yield part
        finally:
            ended.append(number)

    monkeypatch.setattr(streaming, "aparts", watched)
    path = "/api/fastapi/stream" if stack == "fastapi" else "/stream"

    asyncio.run(asyncio.wait_for(asked_and_left(APPLICATIONS[stack](), path, after=3), 20))

    assert len(ended) == 1
    assert 3 <= ended[0] < 10


async def asked_and_left(application: Any, path: str, *, after: int) -> None:
    """Ask for a long stream, and leave when so many of its parts have come."""
    left = asyncio.Event()
    parts: list[bytes] = []
    messages = [{"type": "http.request", "body": b"", "more_body": False}]
    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": "GET",
        "scheme": "http", "path": path, "raw_path": path.encode(), "root_path": "",
        "query_string": b"parts=10000&interval_ms=1", "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 8000),
        "headers": [(b"host", b"127.0.0.1:8000")],
    }  # fmt: skip

    async def receive() -> dict[str, Any]:
        if messages:
            return messages.pop()
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message.get("body"):
            parts.append(message["body"])
        if len(parts) == after:
            left.set()

    await application(scope, receive, send)
    assert parts[:after] == [streaming.part(number, 10_000) for number in range(1, after + 1)]
