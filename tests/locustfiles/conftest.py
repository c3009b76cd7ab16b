"""Servers to load: the floor, a real stack before a database of its own, and one whose answers are wrong on purpose."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

import pytest

from perfcompare.core.dataset import Dataset
from perfcompare.registries import stacks
from perfcompare.runner.processes import ServerProcess
from perfcompare.services import databases, urls
from perfcompare.targets.demonstration import laboratory
from tests.serving import serve

DATASET: Final = Dataset(count=100, seed=5)
DATASET_OPTIONS: Final = ("--dataset-count", str(DATASET.count), "--dataset-seed", str(DATASET.seed))
Answer = Callable[[str], tuple[int, object]]


def url(server: ServerProcess) -> str:
    return f"http://{server.host}:{server.port}"


@pytest.fixture(scope="session")
def floor(tmp_path_factory: pytest.TempPathFactory, services: None) -> Iterator[ServerProcess]:
    log = tmp_path_factory.mktemp("floor") / "server.log"
    with serve("floor", "uvicorn", environ=dict(os.environ), log=log) as server:
        yield server


@pytest.fixture(scope="session")
def place(services: None) -> laboratory.Laboratory:
    bench = {
        "BENCH_DATABASE_URL": databases.ensure(os.environ["DATABASE_URL"], "perfcompare_test_locust"),
        "BENCH_REDIS_URL": urls.with_redis_database(os.environ["REDIS_URL"], 4),
    }
    return laboratory.prepare({**os.environ, **bench}, DATASET)


@pytest.fixture(scope="session")
def ninja(place: laboratory.Laboratory, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    log = tmp_path_factory.mktemp("ninja") / "server.log"
    environ = {**os.environ, **place.environ}
    with serve("ninja_async", stacks["ninja_async"].server, environ=environ, log=log) as server:
        yield server


@contextmanager
def answering(answer: Answer, **headers: str) -> Iterator[str]:
    """The URL of a server that answers each GET of a path as `answer` says: status and JSON, and more headers."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # one packet for an answer: two would wait for each other's acknowledgement, 40 ms

        def do_GET(self) -> None:
            status, content = answer(self.path)
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on the screen."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture
def result(tmp_path: Path) -> Path:
    return tmp_path / "result.json"
