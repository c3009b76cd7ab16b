"""Two hundred clients that do not finish a head and two hundred that do not finish a body, on every server."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from typing import Final

import pytest

from perfcompare.core.dataset import Dataset
from perfcompare.plugins import servers
from perfcompare.registries import stacks
from perfcompare.runner.processes import ServerProcess
from perfcompare.servers._slow_clients import BLOCKED, UNENDING
from perfcompare.targets.demonstration import laboratory
from tests import raw
from tests.serving import serve

pytestmark = pytest.mark.acceptance

CLIENTS: Final = 200
HELD_S: Final = 95.0
"""Longer than every time limit of every server, 75 s for an idle connection among them."""
PATIENCE_S: Final = 5.0
STACKS: Final = {"wsgi": "drf_tuned", "asgi": "ninja_async_tuned"}


@pytest.fixture(scope="module")
def processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, ServerProcess]]:
    """All servers at once."""
    environ = {**os.environ, **laboratory.prepare(os.environ, Dataset(count=20, seed=1)).environ}
    with ExitStack() as opened:
        yield {
            name: opened.enter_context(
                serve(STACKS[one.interface], name, environ=environ, log=tmp_path_factory.mktemp(name) / "log")
            )
            for name, one in servers.items()
        }


def _healthy(process: ServerProcess) -> bool:
    try:
        return raw.status(process, raw.head(process, "GET", "/health", "Connection: close"), PATIENCE_S) == 200
    except (TimeoutError, ConnectionError):
        return False


def test_a10_a4_four_hundred_slow_clients_do_what_each_server_says(processes: Mapping[str, ServerProcess]) -> None:
    answering: dict[str, bool] = {}
    ended: dict[str, bool] = {}
    with ExitStack() as slow:
        bodies = {}
        for name, process in processes.items():
            path = f"{process.prefix}users"
            head = raw.head(process, "POST", path, "Content-Type: application/json", "Content-Length: 100")
            connections = [slow.enter_context(closing(raw.opened(process, head + b"{"))) for _ in range(CLIENTS)]
            bodies[name] = connections
            for _ in range(CLIENTS):
                slow.enter_context(closing(raw.opened(process, head[:40])))
        time.sleep(HELD_S)
        for name, process in processes.items():
            answering[name] = _healthy(process)
            ended[name] = any(raw.closed(bodies[name]))

    assert answering == {name: BLOCKED not in one.limits for name, one in servers.items()}
    assert ended == {name: UNENDING not in one.limits for name, one in servers.items()}
    for name, process in processes.items():
        assert process.alive(), name
