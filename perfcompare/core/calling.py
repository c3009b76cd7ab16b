"""Calls an application in this process, without a server, through WSGI or ASGI."""

from __future__ import annotations

import asyncio
import io
import sys
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote

from perfcompare.core.http import Reply

Message = MutableMapping[str, Any]
LONGEST_S: Final = 60.0
"""How long an answer may take to its last part. A stream may have none."""
_ADDRESS: Final = ("127.0.0.1", 8000)


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request in the form that both interfaces need."""

    method: str
    path: str
    """Decoded, without the query string."""
    raw_path: str
    query: str
    headers: Sequence[tuple[str, str]]
    body: bytes


def call(method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Call:
    """The request as a client of this machine would send it. `path` has the query string; given headers win."""
    plain, _, query = path.partition("?")
    length = {"content-length": str(len(body))} if body else {}
    given = {name.lower(): value for name, value in headers.items()}
    named = {"host": "127.0.0.1:8000", "accept": "*/*", **given, **length}
    return Call(
        method=method,
        path=unquote(plain),
        raw_path=plain,
        query=query,
        headers=list(named.items()),
        body=body or b"",
    )


def wsgi(application: Any, request: Call) -> Reply:
    """The whole answer of a WSGI application; it is closed as a server closes it."""
    started: list[Any] = []

    def start_response(status: str, headers: Any, _error: Any = None) -> None:
        started[:] = [status, headers]

    answer = application(_environ(request), start_response)
    try:
        body = b"".join(_ending(answer))
    finally:
        close = getattr(answer, "close", None)
        if close is not None:
            close()
    status, headers = started
    return Reply(status=int(status[:3]), headers={name.lower(): value for name, value in headers}, body=body)


def _ending(parts: Iterable[bytes]) -> Iterator[bytes]:
    """The same; TimeoutError when they do not end."""
    until = time.monotonic() + LONGEST_S
    for part in parts:
        yield part
        _check(until)


def _check(until: float) -> None:
    if time.monotonic() > until:
        raise TimeoutError(f"the answer does not end within {LONGEST_S:.0f} s")


def _environ(request: Call) -> dict[str, Any]:
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": request.path.encode().decode("latin-1"),
        "QUERY_STRING": request.query,
        "SERVER_NAME": _ADDRESS[0],
        "SERVER_PORT": str(_ADDRESS[1]),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers:
        key = name.upper().replace("-", "_")
        environ[key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"] = value
    return environ


async def asgi(application: Any, request: Call) -> Reply:
    """The whole answer of an ASGI application."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": request.path,
        "raw_path": request.raw_path.encode(),
        "query_string": request.query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in request.headers],
        "client": ("127.0.0.1", 50000),
        "server": _ADDRESS,
        "state": {},
    }
    incoming = iter([{"type": "http.request", "body": request.body, "more_body": False}])
    gone = asyncio.get_running_loop().create_future()
    start: Message = {"status": 500, "headers": []}
    parts: list[bytes] = []
    until = time.monotonic() + LONGEST_S

    async def receive() -> Message:
        return next(incoming, None) or await gone

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            parts.append(message.get("body", b""))
            _check(until)

    await application(scope, receive, send)
    gone.cancel()
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in start["headers"]}
    return Reply(status=start["status"], headers=headers, body=b"".join(parts))


async def lifespan(application: Any) -> Callable[[], Awaitable[None]]:
    """Start an ASGI application. The returned function ends it. One without lifespan support may raise an error."""
    inbox: asyncio.Queue[Message] = asyncio.Queue()
    outbox: asyncio.Queue[Message] = asyncio.Queue()
    task = asyncio.create_task(application({"type": "lifespan", "asgi": {"version": "3.0"}}, inbox.get, outbox.put))
    await inbox.put({"type": "lifespan.startup"})
    answered = asyncio.create_task(outbox.get())
    await asyncio.wait([task, answered], return_when=asyncio.FIRST_COMPLETED)
    offered = answered.done()

    async def end() -> None:
        if offered:
            await inbox.put({"type": "lifespan.shutdown"})
        answered.cancel()
        await asyncio.gather(task, return_exceptions=True)

    return end
