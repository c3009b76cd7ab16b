"""The bare ASGI application: every endpoint of the contract."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Final

import asyncpg

from perfcompare.contract.body_limit import LimitBodyASGI
from perfcompare.contract.database_errors import AWAY
from perfcompare.core import env
from perfcompare.core.asgi import refuse_websocket
from perfcompare.stacks.floor.answers import FOREIGN_HOST, NOT_ALLOWED, NOT_FOUND, PATHS, Answer, is_known, not_allowed
from perfcompare.stacks.floor.cache import Cache
from perfcompare.stacks.floor.database import Database
from perfcompare.stacks.floor.endpoints import BY_PATH, PREFIX, Endpoints, Scope
from perfcompare.stacks.floor.refusals import DATABASE_AWAY, NOT_VALID
from perfcompare.work import upstream

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

USERS: Final = f"{PREFIX}users"
USER: Final = f"{USERS}/"
USERS_ONLY: Final = not_allowed("GET, POST")
TYPE: Final = (b"content-type", b"application/json")


class Application:
    """The ASGI application. It holds its clients between the two events of its life."""

    def __init__(self) -> None:
        self._endpoints: Endpoints | None = None
        self._whole = LimitBodyASGI(self._create)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await (self._live if scope["type"] == "lifespan" else refuse_websocket)(receive, send)
            return
        # A repeated Host is none that it knows.
        host = b",".join([value for name, value in scope["headers"] if name == b"host"])
        path, method = scope["path"], scope["method"]
        if not is_known(host.decode("latin-1")):
            await _send(send, FOREIGN_HOST)
        elif method == "GET" and path in PATHS:
            await _send(send, PATHS[path])
        elif method == "POST" and path == USERS:
            await self._create(scope, receive, send)
        else:
            await _send(send, await self._found(path, method, scope))

    async def _found(self, path: str, method: str, scope: Scope) -> bytes | Answer:
        endpoint = BY_PATH.get(path)
        id = path.removeprefix(USER)
        if endpoint is None and (id == path or not id or "/" in id):
            return NOT_ALLOWED if path in PATHS else NOT_FOUND
        if method != "GET":
            return USERS_ONLY if path == USERS else NOT_ALLOWED
        assert self._endpoints is not None
        return await _tried(endpoint(self._endpoints, scope) if endpoint else self._endpoints.user_detail(id))

    async def _create(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self._endpoints is not None
        message = await receive()
        if message["type"] == "http.request" and not message.get("more_body", False):
            await _send(send, await _tried(self._endpoints.user_create(message.get("body", b""))), 201)
        else:
            await self._whole(scope, _from(message, receive), send)

    async def _live(self, receive: Receive, send: Send) -> None:
        database, cache = Database(env.text("DATABASE_URL")), Cache(env.text("REDIS_URL"))
        await receive()
        async with upstream.new_session() as session:
            self._endpoints = Endpoints(database, cache, session)
            await send({"type": "lifespan.startup.complete"})
            await receive()
        database.close()
        cache.close()
        await send({"type": "lifespan.shutdown.complete"})


async def _tried(answer: Awaitable[bytes | Answer]) -> bytes | Answer:
    try:
        return await answer
    except (ValueError, TypeError, LookupError, AttributeError):  # asyncpg's for arguments is one of the first
        return NOT_VALID
    except AWAY:
        return DATABASE_AWAY
    except asyncpg.PostgresError:
        return NOT_VALID


async def _send(send: Send, found: bytes | Answer, status: int = 200) -> None:
    if isinstance(found, bytes):
        headers, body = [TYPE, (b"content-length", b"%d" % len(found))], found
    else:
        status, headers, body = found.status, found.raw_headers, found.body
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _from(first: Message, receive: Receive) -> Receive:
    """The messages again, from the one that has been received."""
    read = [first]

    async def again() -> Message:
        return read.pop() if read else await receive()

    return again


application = Application()
