"""Clients that send a part of a body and wait: who is answered meanwhile? Each server says it in its limits."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Final

import pytest

from perfcompare.core.limits import MAX_BODY_BYTES
from perfcompare.core.server import Launch
from perfcompare.plugins import servers
from perfcompare.registries import stacks
from perfcompare.runner.processes import ServerProcess
from perfcompare.servers import _gunicorn
from perfcompare.servers._slow_clients import BLOCKED, UNENDING
from tests import raw
from tests.contract.conftest import Environ, Serve
from tests.waiting import until

CLIENTS: Final = 24
"""Three for each thread of a worker that answers in threads."""
BUFFER_BYTES: Final = 65536
"""Servers read some of a body before they hand it on."""
PATIENCE_S: Final = 3.0
PAIRS: Final = [
    (stack, server)
    for server in servers
    for stack in ("drf_tuned", "fastapi")
    if servers[server].interface in stacks[stack].targets
]


STALLED: Final = {("fastapi", "gunicorn_asgi"): 400, ("drf_tuned", "gunicorn_sync"): 500}
"""The servers that end a wait for a body, and the status that the client gets."""
SHORT_S: Final = 2


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


@pytest.mark.parametrize(("stack", "server"), STALLED)
def test_a10_a_body_that_stalls_ends_with_the_status_that_the_limits_say(
    serve: Serve, environ: Environ, monkeypatch: pytest.MonkeyPatch, stack: str, server: str
) -> None:
    status = STALLED[stack, server]
    assert any(f"{_gunicorn.SILENT_S} s" in limit and str(status) in limit for limit in servers[server].limits)
    monkeypatch.setattr(_gunicorn, "SILENT_S", SHORT_S)
    with serve(stack, server, environ) as process:
        lines = ("Content-Type: application/json", "Content-Length: 100")
        head = raw.head(process, "POST", f"{process.prefix}users", *lines)

        assert raw.status(process, head + b"{") == status
        until(lambda: raw.healthy(process, PATIENCE_S))


def test_every_server_says_what_becomes_of_a_body_that_stalls() -> None:
    ending = {server for _stack, server in STALLED}

    assert ending == {name for name, one in servers.items() if UNENDING not in one.limits}


@pytest.mark.parametrize("process", PAIRS, ids="-".join, indirect=True)
@pytest.mark.parametrize("framing", ["Content-Length: 2000000", "Transfer-Encoding: chunked"])
def test_a4_a_refused_body_that_stalls_is_answered_and_holds_no_thread_for_long(
    process: ServerProcess, framing: str
) -> None:
    head = raw.head(process, "POST", f"{process.prefix}users", "Content-Type: application/json", framing)
    sent = (
        b"{" if "Length" in framing else b"%x\r\n%b" % (2 * MAX_BODY_BYTES, b"x" * (MAX_BODY_BYTES + 2 * BUFFER_BYTES))
    )
    with ExitStack() as slow:
        opened = [slow.enter_context(closing(raw.opened(process, head + sent))) for _ in range(Launch.threads)]

        assert {one.recv(12) for one in opened} == {b"HTTP/1.1 413"}
        until(lambda: raw.healthy(process, PATIENCE_S))
