"""Clients that send one byte of a body and wait: who is answered meanwhile? Each server says it in its limits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Final

import pytest

from perfcompare.plugins import servers
from perfcompare.registries import stacks
from perfcompare.runner.processes import ServerProcess
from perfcompare.servers._slow_clients import BLOCKED
from tests import raw
from tests.contract.conftest import Environ, Serve
from tests.waiting import until

CLIENTS: Final = 24
"""Three for each thread of a worker that answers in threads."""
PATIENCE_S: Final = 3.0
PAIRS: Final = [
    (stack, server)
    for server in servers
    for stack in ("drf_tuned", "fastapi")
    if servers[server].interface in stacks[stack].targets
]


@pytest.fixture
def process(request: pytest.FixtureRequest, serve: Serve, environ: Environ) -> Iterator[ServerProcess]:
    stack, server = request.param
    with serve(stack, server, environ) as process:
        yield process


@pytest.mark.parametrize("process", PAIRS, ids="-".join, indirect=True)
def test_a10_slow_bodies_block_the_servers_that_say_so(process: ServerProcess, request: pytest.FixtureRequest) -> None:
    _, server = request.node.callspec.params["process"]
    head = raw.head(process, "POST", f"{process.prefix}users", "Content-Type: application/json", "Content-Length: 100")
    with ExitStack() as slow:
        for _ in range(CLIENTS):
            slow.enter_context(closing(raw.opened(process, head + b"{")))
        answered = all(raw.healthy(process, PATIENCE_S) for _ in range(2))

    assert answered is (BLOCKED not in servers[server].limits)
    until(lambda: raw.healthy(process, PATIENCE_S))
