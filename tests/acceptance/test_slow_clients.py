"""Two hundred clients that do not finish a head and two hundred that do not finish a body, on every server.

What each server does about them is in its `limits`.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from perfcompare.core import env
from perfcompare.core.dataset import Dataset
from perfcompare.plugins import servers
from perfcompare.runner.processes import ServerProcess
from perfcompare.servers._slow_clients import BLOCKED, UNENDING
from perfcompare.targets.demonstration import laboratory
from tests import raw
from tests.serving import serve
from tests.waiting import until

pytestmark = pytest.mark.acceptance

CLIENTS: Final = 200
HELD_S: Final = 95.0
"""Longer than every time limit of every server, 75 s for an idle connection among them."""
PATIENCE_S: Final = 5.0
STACKS: Final = {"wsgi": "drf_tuned", "asgi": "ninja_async_tuned"}
PROXIED: Final = "granian_wsgi"


@dataclass(frozen=True, kw_only=True)
class Proxy:
    """A running nginx."""

    port: int
    host: str = "127.0.0.1"


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


@contextmanager
def _slow(place: raw.Place, prefix: str) -> Iterator[list[socket.socket]]:
    """The clients of both kinds; those that do not finish a body."""
    head = raw.head(place, "POST", f"{prefix}users", "Content-Type: application/json", "Content-Length: 100")
    with ExitStack() as held:
        bodies = [held.enter_context(closing(raw.opened(place, head + b"{"))) for _ in range(CLIENTS)]
        for _ in range(CLIENTS):
            held.enter_context(closing(raw.opened(place, head[:40])))
        yield bodies


@contextmanager
def _nginx(application: ServerProcess, folder: Path) -> Iterator[Proxy]:
    """docs/nginx.conf in front of `application`, with a port and files of its own."""
    program = shutil.which("nginx")
    if program is None:
        pytest.skip("nginx is not installed: apt-get install nginx-light")
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        port = probe.getsockname()[1]
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    own = "access_log off;" + "".join(f" {kind}_temp_path {folder / kind};" for kind in kinds)
    text = (env.ROOT / "docs" / "nginx.conf").read_text()
    for stated, here in (("8000;", f"{application.port};"), ("8080;", f"{port};"), ("http {", f"http {{ {own}")):
        text = text.replace(stated, here)
    (folder / "nginx.conf").write_text(f"daemon off; pid {folder / 'pid'};\n{text}")
    with subprocess.Popen([program, "-p", folder, "-e", folder / "log", "-c", folder / "nginx.conf"]) as process:
        try:
            yield Proxy(port=port)
        finally:
            process.terminate()


def test_a10_a4_four_hundred_slow_clients_do_what_each_server_says(processes: Mapping[str, ServerProcess]) -> None:
    with ExitStack() as held:
        slow = {name: held.enter_context(_slow(one, one.prefix)) for name, one in processes.items()}
        time.sleep(HELD_S)
        answering = {name: raw.healthy(one, PATIENCE_S) for name, one in processes.items()}
        ended = {name: any(raw.closed(bodies)) for name, bodies in slow.items()}

    assert answering == {name: BLOCKED not in one.limits for name, one in servers.items()}
    assert ended == {name: UNENDING not in one.limits for name, one in servers.items()}
    until(lambda: all(raw.healthy(one, PATIENCE_S) for one in processes.values()), 300)
    assert [name for name, one in processes.items() if "Traceback" in one.log.read_text()] in ([], ["gunicorn_sync"])


def test_a10_a4_with_nginx_in_front_slow_clients_block_nobody_and_are_closed(
    processes: Mapping[str, ServerProcess], tmp_path: Path
) -> None:
    application = processes[PROXIED]
    with _nginx(application, tmp_path) as proxy:
        until(lambda: raw.healthy(proxy, PATIENCE_S))
        with _slow(proxy, application.prefix) as bodies:
            assert raw.healthy(proxy, PATIENCE_S)
            until(lambda: all(raw.closed(bodies)))
