"""Every stack that streams, on the servers on which `manage.py perfcompare streams` measures it."""

from __future__ import annotations

import asyncio

import pytest

from perfcompare.commands import streams as command
from perfcompare.core.http import Request
from perfcompare.plugins import servers
from perfcompare.registries import stacks
from perfcompare.runner import streams
from perfcompare.runner.client import Client
from perfcompare.runner.many_clients import opened
from perfcompare.runner.processes import ServerProcess
from perfcompare.runner.stream_client import Receiver
from perfcompare.runner.streams import Asked
from tests.contract.conftest import Environ, Serve

CELLS = [
    (cell.stack, cell.server) for cell in command._cells([name for name, stack in stacks.items() if stack.streams], [])
]


async def leave(server: ServerProcess, count: int) -> None:
    """Begin so many streams of minutes, and go away when each has begun."""
    receivers = await opened(server, count, Receiver)
    for receiver in receivers:
        receiver.send(streams._wire(server, Asked(parts=10_000, interval_ms=50)))
    while not all(receiver.record(10_000).moments for receiver in receivers):
        await asyncio.sleep(0.01)
    for receiver in receivers:
        receiver.leave()
    await asyncio.sleep(0)


@pytest.mark.parametrize(("stack", "server"), CELLS)
def test_all_parts_come_in_order(serve: Serve, environ: Environ, stack: str, server: str) -> None:
    with serve(stack, server, environ) as process:
        found = asyncio.run(streams.measure(process, 12, Asked(parts=50, interval_ms=1)))
        wrong = Client(process.host, process.port).send(Request(path="stream?parts=0&interval_ms=x"), process.prefix)
        if servers[server].interface == "wsgi":  # clients that left must not hold its threads
            asyncio.run(leave(process, 8))
            after = asyncio.run(streams.measure(process, 8, Asked(parts=2, interval_ms=1)))
            assert after.right == 8

    assert (found.opened, found.begun, found.completed, found.right, found.trouble) == (12, 12, 12, 12, "")
    assert wrong.status == 422
