"""Calls one application in this process, without a server, and prints the cost of a request. Run it with `python -m`.

Its environment is that of a timed server. PERFCOMPARE_INPUT names a JSON file: {"target", "interface", "exchanges":
[[method, path, headers, body], …], "requests", "concurrency", "warm"}. The output is one line of JSON: CPU microseconds
per request, over all threads.
"""

from __future__ import annotations

import asyncio
import base64
import importlib
import io
import itertools
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

Message = MutableMapping[str, Any]
_ADDRESS: Final = ("127.0.0.1", 8000)


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request in the form that both interfaces need."""

    method: str
    path: str
    query: str
    headers: Sequence[tuple[str, str]]
    body: bytes


def main() -> None:
    """Read the input, send the requests, print the cost."""
    given = json.loads(Path(os.environ["PERFCOMPARE_INPUT"]).read_text(encoding="utf-8"))
    calls = itertools.cycle([_call(*exchange) for exchange in given["exchanges"]])
    module, _, attribute = given["target"].partition(":")
    application = getattr(importlib.import_module(module), attribute)
    ask = _ask_asgi if given["interface"] == "asgi" else _ask_wsgi
    cost_us = ask(application, calls, given["warm"], given["requests"], given["concurrency"])
    sys.stdout.write(json.dumps({"cpu_us": cost_us}) + "\n")


def _call(method: str, path: str, headers: dict[str, str], body: str | None) -> Call:
    plain, _, query = path.partition("?")
    content = base64.b64decode(body) if body else b""
    length = {"content-length": str(len(content))} if body else {}
    named = {"host": "127.0.0.1:8000", "accept": "*/*", **headers, **length}
    return Call(method=method, path=plain, query=query, headers=list(named.items()), body=content)


def _ask_wsgi(application: Any, calls: Iterator[Call], warm: int, requests: int, _concurrency: int) -> float:
    def run(number: int) -> None:
        for call in itertools.islice(calls, number):
            _wsgi(application, call)

    return _timed(run, warm, requests)


def _timed(run: Callable[[int], None], warm: int, requests: int) -> float:
    run(warm)
    before = time.process_time_ns()
    run(requests)
    return (time.process_time_ns() - before) / requests / 1000


def _wsgi(application: Any, call: Call) -> None:
    environ: dict[str, Any] = {
        "REQUEST_METHOD": call.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": call.path,
        "QUERY_STRING": call.query,
        "SERVER_NAME": _ADDRESS[0],
        "SERVER_PORT": str(_ADDRESS[1]),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(call.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in call.headers:
        key = name.upper().replace("-", "_")
        environ[key if key in {"CONTENT_TYPE", "CONTENT_LENGTH"} else f"HTTP_{key}"] = value
    answer = application(environ, _start_response)
    try:
        for _part in answer:
            pass
    finally:
        close = getattr(answer, "close", None)
        if close is not None:
            close()


def _start_response(status: str, _headers: Any, _error: Any = None) -> None:
    if not status.startswith("2"):
        raise RuntimeError(f"the application answers {status}")


def _ask_asgi(application: Any, calls: Iterator[Call], warm: int, requests: int, concurrency: int) -> float:
    import uvloop

    return uvloop.run(_asgi(application, calls, warm, requests, concurrency))


async def _asgi(application: Any, calls: Iterator[Call], warm: int, requests: int, concurrency: int) -> float:
    end = await _lifespan(application)

    async def run(number: int) -> None:
        left = itertools.islice(calls, number)

        async def client() -> None:
            for call in left:
                await _request(application, call)

        await asyncio.gather(*(client() for _ in range(concurrency)))

    await run(warm)
    before = time.process_time_ns()
    await run(requests)
    cost_us = (time.process_time_ns() - before) / requests / 1000
    await end()
    return cost_us


async def _lifespan(application: Any) -> Callable[[], Any]:
    """Start the application. The returned function ends it. An application without lifespan support raises an error."""
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


async def _request(application: Any, call: Call) -> None:
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": call.method,
        "scheme": "http",
        "path": call.path,
        "raw_path": call.path.encode(),
        "query_string": call.query.encode(),
        "root_path": "",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in call.headers],
        "client": ("127.0.0.1", 50000),
        "server": _ADDRESS,
        "state": {},
    }
    incoming = iter([{"type": "http.request", "body": call.body, "more_body": False}])
    gone = asyncio.get_running_loop().create_future()

    async def receive() -> Message:
        return next(incoming, None) or await gone

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start" and message["status"] >= 300:
            raise RuntimeError(f"the application answers {message['status']}")

    await application(scope, receive, send)
    gone.cancel()


if __name__ == "__main__":
    main()
