"""Servers that a generator can be pointed at, and loads for them."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from perfcompare.core.generator import Load

HELLO = {"message": "Hello World", "status": "success"}


@dataclass(kw_only=True)
class Site:
    """A server of the tests' own: what it was asked, and what it answers to the nth request (from 1)."""

    answer: Callable[[int, bytes], tuple[int, object]] = lambda _number, _body: (200, HELLO)
    asked: list[bytes] = field(default_factory=list)
    closes: bool = False
    """Whether it closes each connection instead of answering."""
    port: int = 0
    pid: int = 0

    def alive(self) -> bool:
        return True

    def tail(self) -> str:
        return ""


@contextmanager
def serving(site: Site) -> Iterator[Site]:
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # one packet for an answer

        def do_GET(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            with lock:
                site.asked.append(content)
                status, value = site.answer(len(site.asked), content)
            if site.closes:
                self.close_connection = True
                return
            body = json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on the screen."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: Any, client_address: Any) -> None:
            """A generator that ends in mid-request is no error."""

    with Server(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        site.port = server.server_address[1]
        yield site
        server.shutdown()


def load(folder: Path, port: int, **changes: Any) -> Load:
    """A short load of the floor's scenario."""
    asked: dict[str, Any] = {
        "host": "127.0.0.1", "port": port, "prefix": "/api/floor/", "scenario": "simple", "dataset_count": 20,
        "dataset_seed": 1, "concurrency": 2, "warmup_s": 0.0, "seconds": 1.0, "seed": 7, "folder": folder,
    }  # fmt: skip
    return Load(**{**asked, **changes})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "generator"
    path.mkdir()
    return path


def slow(seconds: float) -> Callable[[int, bytes], tuple[int, object]]:
    def answer(_number: int, _body: bytes) -> tuple[int, object]:
        time.sleep(seconds)
        return 200, HELLO

    return answer
