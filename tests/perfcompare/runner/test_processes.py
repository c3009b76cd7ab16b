from __future__ import annotations

import os
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import psutil
import pytest

from perfcompare.core import env
from perfcompare.core.errors import EnvironmentProblem, UsageError
from perfcompare.core.http import Request
from perfcompare.core.server import Server
from perfcompare.plugins import servers
from perfcompare.runner import processes
from perfcompare.runner.client import Client
from perfcompare.runner.processes import ServerProcess, StartError
from tests.serving import serve

Program = Callable[[str], ServerProcess]
WAIT = "import time; time.sleep(60)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {WAIT}"


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "server.log"


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch, log: Path) -> Program:
    """The floor on a server that is the given Python program."""

    def make(text: str) -> ServerProcess:
        server = Server(label="", interface="asgi", packages=(), command=lambda _: [sys.executable, "-c", text])
        monkeypatch.setitem(servers._items, "made_up", server)
        return _floor("made_up", log)

    return make


def _floor(server: str, log: Path, **given: Any) -> ServerProcess:
    return serve("floor", server, environ=os.environ, log=log, cpus=given.pop("cpus", None), **given)


def _tree(server: ServerProcess) -> list[psutil.Process]:
    root = psutil.Process(server.pid)
    return [root, *root.children(recursive=True)]


def test_it_serves_its_stack_until_the_end_of_the_context(log: Path) -> None:
    with _floor("uvicorn", log) as server:
        reply = Client(server.host, server.port).send(Request(path="simple"), server.prefix)
        assert reply.status == 200
        assert server.alive()
        assert server.start_s > 0
        assert str(server.port) in server.command
    assert not server.alive()
    with pytest.raises(ConnectionRefusedError):
        Client(server.host, server.port).send(Request(path="simple"), server.prefix)


def test_it_may_be_begun_and_waited_for_beside_others(tmp_path: Path) -> None:
    both = [_floor("uvicorn", tmp_path / f"{number}.log") for number in (1, 2)]
    with ExitStack() as context:
        for server in both:
            server.begin()
            context.push(server)
        assert [server.alive() for server in both] == [True, True]

        for server in both:
            server.wait()
            assert server.start_s > 0
            assert Client(server.host, server.port).send(Request(path="simple"), server.prefix).status == 200
    assert [server.alive() for server in both] == [False, False]


def test_no_two_servers_that_start_at_the_same_time_have_one_port() -> None:
    ports = [processes.free_port("127.0.0.1") for _ in range(400)]

    assert len(set(ports)) == 400


def test_all_its_processes_end_with_it(log: Path) -> None:
    with _floor("gunicorn_gthread", log) as server:
        members = _tree(server)
        assert len(members) == 2
    _gone, alive = psutil.wait_procs(members, timeout=5)
    assert alive == []


def test_every_process_and_thread_is_confined_to_its_processors(log: Path) -> None:
    cpu = min(os.sched_getaffinity(0))

    with _floor("gunicorn_gthread", log, cpus=frozenset({cpu})) as server:
        assert {tuple(one.cpu_affinity()) for one in _tree(server)} == {(cpu,)}


def test_a_step_of_a_ladder_keeps_the_prefix_of_its_stack(log: Path) -> None:
    with serve("floor@0", "uvicorn", environ=os.environ, log=log) as server:
        assert server.prefix == "/api/floor/"
        assert psutil.Process(server.pid).environ()["PERFCOMPARE_STACK"] == "floor@0"


def test_a_configuration_that_lies_where_it_is_started_is_not_taken(
    log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "checkout"
    place.mkdir()
    (place / "gunicorn.conf.py").write_text("raise SystemExit('somebody else')")
    (place / "config").symlink_to(env.ROOT / "config")
    (place / "perfcompare").symlink_to(env.ROOT / "perfcompare")
    (place / "users").symlink_to(env.ROOT / "users")
    monkeypatch.chdir(place)
    monkeypatch.setattr(env, "ROOT", place)

    with _floor("gunicorn_gthread", log) as server:
        assert server.alive()


def test_two_starts_have_different_nonces(log: Path) -> None:
    assert _floor("uvicorn", log)._nonce != _floor("uvicorn", log)._nonce


def test_the_key_of_the_environment_is_used(log: Path) -> None:
    server = serve("floor", "uvicorn", environ={"SECRET_KEY": "given"}, log=log)

    assert server._environ["SECRET_KEY"] == "given"


def test_a_server_that_does_not_fit_is_a_usage_error(log: Path) -> None:
    with pytest.raises(UsageError, match=r"gunicorn_sync serves WSGI applications, and fastapi has none.*uvicorn"):
        serve("fastapi", "gunicorn_sync", environ=os.environ, log=log)


@pytest.mark.parametrize(("stack", "server"), [("flor", "uvicorn"), ("floor", "uvicor"), ("floor@9", "uvicorn")])
def test_a_name_that_does_not_exist_is_a_usage_error(log: Path, stack: str, server: str) -> None:
    with pytest.raises(UsageError, match=r"[Tt]here is no"):
        serve(stack, server, environ=os.environ, log=log)


def test_a_missing_package_is_named_with_the_way_to_get_it(monkeypatch: pytest.MonkeyPatch, log: Path) -> None:
    monkeypatch.setitem(servers._items, "absent", replace(servers["uvicorn"], packages=("no-such-distribution",)))

    with pytest.raises(EnvironmentProblem, match="pip install no-such-distribution"):
        _floor("absent", log)


def test_r6_a_server_that_ends_at_once_is_explained_by_its_log(program: Program) -> None:
    with pytest.raises(StartError, match=r"(?s)floor on made_up ended with status 1 instead.*the reason why"):
        program("raise SystemExit('the reason why')").__enter__()


def test_r6_a_server_that_never_answers_is_ended(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "READY_S", 0.3)
    server = program(WAIT)

    with pytest.raises(StartError, match=r"did not answer within"):
        server.__enter__()
    assert not server.alive()


def test_r6_a_server_that_still_computes_is_waited_for(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "READY_S", 1.2)
    monkeypatch.setattr(processes, "LONGEST_S", 2.4)
    server = program("while True: pass")

    with pytest.raises(StartError, match=r"did not answer within [2-9] s"):
        server.__enter__()
    assert not server.alive()


def test_one_that_ignores_the_request_to_end_is_killed(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "READY_S", 1.0)
    monkeypatch.setattr(processes, "STOP_S", 0.2)
    server = program(STUBBORN)

    with pytest.raises(StartError):
        server.__enter__()
    assert not server.alive()


def test_workers_that_outlive_their_parent_are_killed(
    program: Program, monkeypatch: pytest.MonkeyPatch, log: Path
) -> None:
    monkeypatch.setattr(processes, "READY_S", 1.0)
    parent = f"import subprocess, sys; print(subprocess.Popen([sys.executable, '-c', {STUBBORN!r}]).pid, flush=True)"

    with pytest.raises(StartError):
        program(parent).__enter__()

    with suppress(psutil.NoSuchProcess):  # gone already
        psutil.Process(int(log.read_text().split()[0])).wait(5)


def test_a_log_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    with pytest.raises(EnvironmentProblem, match="cannot be written"):
        _floor("uvicorn", tmp_path / "missing" / "server.log").__enter__()


@contextmanager
def _foreign_server(body: bytes) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=[0.02])
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("body", [b'{"nonce": "of another start"}', b"[]", b"no JSON"])
def test_r4_an_answer_of_another_server_is_never_taken_for_this_ones(
    monkeypatch: pytest.MonkeyPatch, log: Path, body: bytes
) -> None:
    with _foreign_server(body) as port:
        monkeypatch.setattr(processes, "free_port", lambda _host: port)
        server = _floor("uvicorn", log)
        with pytest.raises(EnvironmentProblem, match=rf"Port {port} .* is taken by process {os.getpid()} \("):
            server.__enter__()
    assert not server.alive()


def test_r3_a_taken_port_names_the_process_that_holds_it(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "_HEALTH_S", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        monkeypatch.setattr(processes, "free_port", lambda _host: port)
        with pytest.raises(EnvironmentProblem, match=rf"Port {port} .* is taken by process {os.getpid()} \("):
            program("raise SystemExit('address already in use')").__enter__()
