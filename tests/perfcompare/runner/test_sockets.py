from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import closing

import pytest

from perfcompare.core.errors import EnvironmentProblem
from perfcompare.runner import sockets
from perfcompare.runner.sockets import Requests


@pytest.fixture
def server() -> Iterator[socket.socket]:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield server


def exchange(server: socket.socket, times: int, counted: Requests) -> int:
    """So many requests with much larger answers over a connection of their own; what is counted before it ends."""
    with closing(socket.create_connection(server.getsockname())) as client, closing(server.accept()[0]) as accepted:
        for _ in range(times):
            client.sendall(b"x" * 100)
            assert accepted.recv(1000)
            accepted.sendall(b"y" * 10_000)
            assert client.recv(10_000, socket.MSG_WAITALL)
        return counted.read()


def test_the_requests_of_a_port_are_counted_and_not_its_answers(server: socket.socket) -> None:
    assert exchange(server, 5, Requests(server.getsockname()[1])) == 5


def test_what_an_ended_connection_had_stays_counted(server: socket.socket) -> None:
    counted = Requests(server.getsockname()[1])
    exchange(server, 5, counted)

    assert counted.read() == 5
    assert exchange(server, 2, counted) == 7


def test_other_ports_do_not_count(server: socket.socket) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as other:
        assert exchange(other, 5, Requests(server.getsockname()[1])) == 0


def test_a_kernel_that_does_not_tell_is_a_problem_of_the_environment_with_a_way_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sockets, "_SOCK_DIAG_BY_FAMILY", 99)

    with pytest.raises(EnvironmentProblem, match=r"sock_diag: .*modprobe tcp_diag"):
        Requests(1).read()


def test_an_attribute_that_is_not_there_is_empty() -> None:
    attributes = struct.pack("=HH4s", 8, 7, b"1234")

    assert sockets._attribute(attributes, 7) == b"1234"
    assert sockets._attribute(attributes, 2) == b""
