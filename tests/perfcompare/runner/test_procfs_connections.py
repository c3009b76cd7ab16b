"""What the kernel says about connections, files and the database's processes."""

from __future__ import annotations

import os
import socket
from contextlib import closing

import psycopg

from perfcompare.runner import procfs
from perfcompare.services import pids


def test_connections_of_a_port_are_told_from_the_others_and_from_those_that_ended() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
        earlier = procfs.server_connections(port)[1]  # others may have had this port a moment ago
        with (
            closing(socket.create_connection(("127.0.0.1", port))) as client,
            closing(server.accept()[0]) as accepted,
        ):
            assert procfs.server_connections(port)[:2] == (1, earlier)
            client.close()
            accepted.recv(1)

    established, ended, waiting = procfs.server_connections(port)
    assert (established, ended) == (0, earlier + 1)
    assert waiting >= 1


def test_the_kernel_counts_connections_that_are_opened() -> None:
    before = procfs.tcp_counters()["PassiveOpens"]
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        socket.create_connection(server.getsockname()).close()

    assert procfs.tcp_counters()["PassiveOpens"] > before


def test_open_files_are_counted_and_a_process_that_is_gone_has_none() -> None:
    before = procfs.open_files(os.getpid())
    with closing(socket.socket()):
        assert procfs.open_files(os.getpid()) == before + 1
    assert procfs.open_files(2**22 + 1) == 0


def test_clients_of_the_embedded_database_are_told_from_its_own_processes() -> None:
    root = pids.roots(os.environ)["postgresql"]
    assert root is not None

    def backends() -> int:
        return procfs.backends(procfs.tree(procfs.processes(), root))

    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        connection.execute("SELECT 1")
        number = backends()
        members = len(procfs.tree(procfs.processes(), root))
    assert 1 <= number < members
