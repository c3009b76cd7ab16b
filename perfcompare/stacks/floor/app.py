"""The bare callables, one for each interface. They share answers that are finished when this module is loaded."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from perfcompare.core import env, process
from perfcompare.core.asgi import refuse_websocket

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

HOSTS: Final = frozenset({"127.0.0.1", "localhost"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """One finished answer, with its headers in the form of each interface."""

    status: HTTPStatus
    headers: list[tuple[str, str]]
    raw_headers: list[tuple[bytes, bytes]]
    body: bytes


def _answer(status: HTTPStatus, content: dict[str, Any], **more_headers: str) -> Answer:
    body = json.dumps(content, separators=(",", ":")).encode()
    headers = {"content-type": "application/json", "content-length": str(len(body)), **more_headers}
    raw_headers = [(name.encode(), value.encode()) for name, value in headers.items()]
    return Answer(status=status, headers=list(headers.items()), raw_headers=raw_headers, body=body)


PATHS: Final = {
    "/api/floor/simple": _answer(HTTPStatus.OK, {"message": "Hello World", "status": "success"}),
    "/health": _answer(
        HTTPStatus.OK,
        {
            "status": "ok",
            "stack": "floor",
            "nonce": env.text("PERFCOMPARE_NONCE", "none"),
            "process": process.facts(debug=False),
        },
    ),
}
FOREIGN_HOST: Final = _answer(HTTPStatus.BAD_REQUEST, {"detail": "Unknown host."})
NOT_FOUND: Final = _answer(HTTPStatus.NOT_FOUND, {"detail": "Not found."})
NOT_ALLOWED: Final = _answer(HTTPStatus.METHOD_NOT_ALLOWED, {"detail": "Method not allowed."}, allow="GET")


def answer(method: str, path: str, host: str) -> Answer:
    """The answer to a request. `host` may contain a port."""
    name, colon, port = host.lower().partition(":")
    if name not in HOSTS or (colon and not port.isdecimal()):
        return FOREIGN_HOST
    if path not in PATHS:
        return NOT_FOUND
    return PATHS[path] if method == "GET" else NOT_ALLOWED


async def asgi(scope: Scope, receive: Receive, send: Send) -> None:
    """The ASGI application."""
    if scope["type"] != "http":
        await (_lifespan if scope["type"] == "lifespan" else refuse_websocket)(receive, send)
        return
    # A repeated Host is none that it knows.
    host = b",".join([value for name, value in scope["headers"] if name == b"host"])
    found = answer(scope["method"], scope["path"], host.decode("latin-1"))
    await send({"type": "http.response.start", "status": found.status, "headers": found.raw_headers})
    await send({"type": "http.response.body", "body": found.body})


async def _lifespan(receive: Receive, send: Send) -> None:
    for phase in ("startup", "shutdown"):
        await receive()
        await send({"type": f"lifespan.{phase}.complete"})


def wsgi(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """The WSGI application."""
    found = answer(environ["REQUEST_METHOD"], environ["PATH_INFO"], environ.get("HTTP_HOST", ""))
    # A copy, because WSGI lets servers change the list.
    start_response(f"{found.status} {found.status.phrase}", list(found.headers))
    return [found.body]
