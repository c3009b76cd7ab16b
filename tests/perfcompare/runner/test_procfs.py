from __future__ import annotations

import os
import socket
import time
from pathlib import Path

import pytest

from perfcompare.runner import procfs
from tests.perfcompare.runner.conftest import Spawn, line

STAT = (
    "4711 (a (b) c) S 42 4711 4711 0 -1 4194560 1 2 3 4 "
    "150 50 700 300 20 0 9 0 123456 1000 200 18446744073709551615 0 0 0 0 0 0 0 0 0 0 0 0 17 1 0 0 0 0 0"
)
TWO = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'print(1, flush=True); input()'])"


def test_a_name_may_hold_blanks_and_brackets() -> None:
    process = procfs.parse(STAT)

    assert (process.pid, process.name, process.parent) == (4711, "a (b) c", 42)
    assert (process.threads, process.started) == (9, 123456)


def test_times_are_nanoseconds() -> None:
    process = procfs.parse(STAT)

    assert process.own_ns == 200 * procfs.TICK_NS
    assert process.reaped_ns == 1000 * procfs.TICK_NS


def test_this_process_is_found_as_it_is() -> None:
    mine = procfs.processes()[os.getpid()]

    assert mine.parent == os.getppid()
    assert mine.threads == len(procfs.threads(os.getpid()))
    assert not mine.kernel


def test_a_tree_holds_the_descendants_parents_first(spawn: Spawn) -> None:
    parent = spawn(TWO)
    assert line(parent) == "1"

    tree = procfs.tree(procfs.processes(), parent.pid)

    assert tree[0].pid == parent.pid
    assert [process.parent for process in tree[1:]] == [parent.pid]


IN_A_THREAD = """
import subprocess, sys, threading
run = lambda: subprocess.run([sys.executable, "-c", "print(1, flush=True); input()"])
thread = threading.Thread(target=run)
thread.start()
thread.join()
"""


@pytest.mark.parametrize("program", [TWO, IN_A_THREAD])
@pytest.mark.parametrize("told", [True, False], ids=["children", "all processes"])
def test_a_family_is_a_tree_that_is_found_without_a_look_at_all_processes(
    spawn: Spawn, monkeypatch: pytest.MonkeyPatch, program: str, told: bool
) -> None:
    """Where the kernel tells of children, and where it does not."""
    parent = spawn(program)
    assert line(parent) == "1"
    tree = {process.pid: process for process in procfs.tree(procfs.processes(), parent.pid)}
    if told:
        assert procfs._CHILDREN.exists()
        monkeypatch.setattr(procfs, "processes", None)
    else:
        monkeypatch.setattr(procfs, "_CHILDREN", Path("/nowhere"))

    family = procfs.family(parent.pid)

    assert len(family) == 2
    assert {pid: (one.key, one.parent) for pid, one in family.items()} == {
        pid: (one.key, one.parent) for pid, one in tree.items()
    }


def test_a_process_that_is_gone_has_no_family(spawn: Spawn) -> None:
    process = spawn("")
    process.wait()

    assert procfs.family(process.pid) == {}


def test_a_process_that_is_gone_has_no_tree_and_no_memory(spawn: Spawn) -> None:
    process = spawn("")
    process.wait()

    assert procfs.tree(procfs.processes(), process.pid) == []
    assert procfs.pss_kib(process.pid) == 0
    assert procfs.threads(process.pid) == []


def test_memory_grows_with_what_a_process_takes(spawn: Spawn) -> None:
    small, large = spawn("print(1, flush=True); input()"), spawn("x = b'x' * 2**25; print(1, flush=True); input()")
    assert line(small) == line(large) == "1"

    assert procfs.pss_kib(large.pid) - procfs.pss_kib(small.pid) > 0.9 * 2**15


def test_connections_are_counted_by_state_and_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert procfs.connections(procfs.ESTABLISHED, port) == 0
        with socket.create_connection(("127.0.0.1", port)):
            accepted, _address = server.accept()
            assert procfs.connections(procfs.ESTABLISHED, port) == 1
        assert procfs.connections(procfs.CLOSE_WAIT, port) == 1
        accepted.close()
        assert procfs.connections(procfs.CLOSE_WAIT, port) == 0


def test_work_of_any_process_counts() -> None:
    before_s = procfs.worked_s()
    deadline_s = time.process_time() + 0.1
    while time.process_time() < deadline_s:
        pass

    assert procfs.worked_s() - before_s > 0.05, "clock ticks are samples"


def test_stolen_time_is_part_of_all_time() -> None:
    stolen, everything = procfs.stolen()

    assert 0 <= stolen < everything


def test_there_are_ports_for_outgoing_connections() -> None:
    assert 0 < procfs.ephemeral_ports() < 65536
