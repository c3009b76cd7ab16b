"""Requests to the project's application, in its process and without a server: the whole of Django, and no socket."""

from __future__ import annotations

import asyncio
import importlib
import io
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

import django

Answer = tuple[int, list[tuple[str, str]], bytes]
"""Status, headers, body."""


def asker(interface: str, changes: list[str], headers: dict[str, str]) -> Callable[[str], Answer]:
    """A function that sends a GET of a path, with these headers, to the application as a server would load it."""
    return (_wsgi if interface == "wsgi" else _asgi)(application(interface, changes), headers)


def application(interface: str, changes: list[str]) -> Any:
    """The project's own, by its setting; Django's without one; that of a lever that is among the changes."""
    django.setup()
    from django.conf import settings

    if f"lean_{interface}" in changes:
        module, name = f"perfcompare.levers.lean_{interface}.application", "application"
    elif named := getattr(settings, f"{interface.upper()}_APPLICATION", None):
        module, _, name = named.rpartition(".")
    else:
        module, name = f"django.core.{interface}", f"get_{interface}_application"
    found = getattr(importlib.import_module(module), name)
    return found() if name.startswith("get_") else found


def _wsgi(application: Any, headers: dict[str, str]) -> Callable[[str], Answer]:
    constant = {
        "REQUEST_METHOD": "GET",
        "SCRIPT_NAME": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
    }

    def ask(path: str) -> Answer:
        place, _, query = path.partition("?")
        said: list[Any] = []
        environ = {**constant, "PATH_INFO": unquote(place), "QUERY_STRING": query, "wsgi.input": io.BytesIO()}
        chunks = application(environ, lambda status, headers, _=None: said.extend((status, headers)))
        body = b"".join(chunks)
        getattr(chunks, "close", lambda: None)()
        return int(said[0][:3]), said[1], body

    return ask


def _asgi(application: Any, headers: dict[str, str]) -> Callable[[str], Answer]:
    constant = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "root_path": "",
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 80),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()],
    }
    runner = asyncio.Runner()

    async def asked(path: str) -> Answer:
        place, _, query = path.partition("?")
        said: list[dict[str, Any]] = []
        incoming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        incoming.put_nowait({"type": "http.request", "body": b"", "more_body": False})

        async def send(message: dict[str, Any]) -> None:
            said.append(message)

        scope = {**constant, "path": unquote(place), "raw_path": place.encode(), "query_string": query.encode()}
        await application(scope, incoming.get, send)
        begun, *parts = said
        body = b"".join(part.get("body", b"") for part in parts)
        return begun["status"], [(name.decode(), value.decode()) for name, value in begun["headers"]], body

    return lambda path: runner.run(asked(path))
