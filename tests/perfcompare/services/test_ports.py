"""Ports of this machine: free or taken, and by whom."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from perfcompare.core.errors import EnvironmentProblem
from perfcompare.services import ports


def test_a_free_port_is_no_problem() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    ports.require_free("127.0.0.1", port, "choose another")


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])  # noqa: S104 - a server on all addresses takes this one too
def test_a_taken_port_names_the_process_its_command_and_the_way_out(host: str) -> None:
    program = f"import socket; s = socket.create_server(({host!r}, 0)); print(s.getsockname()[1], flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        assert server.stdout is not None
        port = int(server.stdout.readline())

        with pytest.raises(EnvironmentProblem) as problem:
            ports.require_free("127.0.0.1", port, "choose another: --port")
        server.communicate("\n")

    said = str(problem.value)
    assert said.startswith(f"Port {port} of 127.0.0.1 is taken by process {server.pid} (")
    assert sys.executable in said
    assert said.endswith("End it, or choose another: --port.")


def test_a_port_of_this_process_is_taken_too() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert f"process {os.getpid()} (" in ports.holder(server.getsockname()[1])
