"""Every room's application, without a server."""

from __future__ import annotations

import asyncio
import importlib
import os
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from channels_redis.utils import create_pool
from django.conf import LazySettings

from perfcompare.core.room import BROADCAST, ECHO, Room
from perfcompare.plugins import rooms
from perfcompare.rooms._channels import layers

OWN = "http://localhost"
COMMUNICATOR: Any = ApplicationCommunicator
"""It publishes no types."""


@pytest.fixture(params=rooms)
def room(request: pytest.FixtureRequest, settings: LazySettings) -> Room:
    """One of them, and Django's settings for it."""
    found = rooms[request.param]
    layer = found.environ.get(layers.VARIABLE)
    settings.CHANNEL_LAYERS = layers.configured(layer, os.environ["REDIS_URL"]) if layer else {}
    return found


def application(room: Room) -> Any:
    module, _, attribute = room.target.partition(":")
    return getattr(importlib.import_module(module), attribute)


def running(app: Any) -> AbstractAsyncContextManager[Any]:
    """A server runs FastAPI between its start and its end. Django knows neither."""
    return app.router.lifespan_context(app) if hasattr(app, "router") else nullcontext()


class Socket:
    """One that a page of that origin opens."""

    def __init__(self, app: Any, path: str, origin: str = OWN) -> None:
        headers = [(b"origin", origin.encode())]
        scope = {"type": "websocket", "path": f"/{path}", "headers": headers, "query_string": b"", "subprotocols": []}
        self._talk = COMMUNICATOR(app, scope)

    async def join(self) -> str:
        await self._talk.send_input({"type": "websocket.connect"})
        return str((await self._talk.receive_output())["type"])

    async def send(self, text: str) -> None:
        await self._talk.send_input({"type": "websocket.receive", "text": text})

    async def hear(self) -> str:
        return str((await self._talk.receive_output())["text"])

    async def silent(self) -> bool:
        return bool(await self._talk.receive_nothing())

    async def leave(self) -> None:
        await self._talk.send_input({"type": "websocket.disconnect", "code": 1005})
        await self._talk.wait()


async def joined(app: Any, path: str, count: int) -> list[Socket]:
    sockets = [Socket(app, path) for _ in range(count)]
    assert {await one.join() for one in sockets} == {"websocket.accept"}
    return sockets


def test_an_echo_comes_to_its_sender_and_a_broadcast_to_all_that_are_still_there(room: Room) -> None:
    async def talk() -> None:
        app = application(room)
        async with running(app):
            one, other = await joined(app, ECHO, 2)
            await one.send("mine")
            assert await one.hear() == "mine"
            assert await other.silent()
            first, second, third = await joined(app, BROADCAST, 3)
            await first.send("hello")
            assert [await each.hear() for each in (first, second, third)] == ["hello"] * 3
            await third.leave()
            await second.send("again")
            assert [await each.hear() for each in (first, second)] == ["again"] * 2
            for each in (one, other, first, second):
                await each.leave()

    asyncio.run(talk())


@pytest.mark.parametrize("layer", [layers.REDIS, layers.PUBSUB])
def test_a_layer_waits_for_redis_as_long_as_it_wants_to(layer: str) -> None:
    (host,) = layers.configured(layer, os.environ["REDIS_URL"])["default"]["CONFIG"]["hosts"]

    assert create_pool(host).connection_kwargs["socket_timeout"] is None


def test_a_page_of_another_host_gets_no_socket_of_django(settings: LazySettings) -> None:
    settings.CHANNEL_LAYERS = {}
    app = application(rooms["channels"])

    assert asyncio.run(Socket(app, ECHO, "http://elsewhere.example").join()) == "websocket.close"
