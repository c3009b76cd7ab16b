"""One request to a WSGI application in this process."""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from perfcompare.core.http import Reply

HOST: Final = "127.0.0.1"
PORT: Final = "80"


def send(application: Any, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
    """The answer, with its whole body."""
    started: list[Any] = []
    written: list[bytes] = []

    def start_response(status: str, answered: list[tuple[str, str]], _error: Any = None) -> Any:
        started[:] = [status, answered]
        return written.append

    chunks = application(_environ(method, path, headers, body), start_response)
    try:
        content = b"".join([*written, *chunks])
    finally:
        if hasattr(chunks, "close"):
            chunks.close()
    status, answered = started
    joined: dict[str, str] = {}
    for name, value in answered:
        joined[name.lower()] = ", ".join([*filter(None, [joined.get(name.lower())]), value])
    return Reply(status=int(status.split(" ")[0]), headers=joined, body=content)


def _environ(method: str, path: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    route, _, query = path.partition("?")
    found: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(route).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": HOST,
        "SERVER_PORT": PORT,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": HOST,
        "HTTP_HOST": HOST,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if body:
        found["CONTENT_LENGTH"] = str(len(body))
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        found[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    return found
