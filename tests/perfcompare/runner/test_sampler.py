from __future__ import annotations

import os
import socket
import time

import pytest

from perfcompare.runner import procfs
from perfcompare.runner import sampler as sampler_module
from perfcompare.runner.sampler import Sampler, tree_pss_kib
from tests.perfcompare.runner.conftest import Spawn, ask, line
from tests.waiting import until

BUSY = """
import sys, time
print("ready", flush=True)
for text in sys.stdin:
    end = time.process_time() + float(text)
    while time.process_time() < end:
        pass
    print("done", flush=True)
"""


def test_processor_time_is_counted_between_two_moments(spawn: Spawn) -> None:
    server = spawn(BUSY)
    assert line(server) == "ready"

    with Sampler({"server": server.pid}, port=9, cpus=None) as sampler:
        tree = sampler.trees["server"]
        until(lambda: len(tree.cpu._times) > 1)
        began_s = tree.cpu._times[-1]
        ask(server, "0.2")
        ended_s = time.monotonic()
        until(lambda: tree.cpu._times[-1] > ended_s)

    assert tree.cpu.between(began_s, ended_s) >= 0.19
    assert tree.busiest(0.0, float("inf")) > 0
    assert (tree.processes_peak, tree.threads_peak) == (1, 1)


def test_a_process_that_waits_for_a_processor_is_as_busy_as_one_that_has_it(spawn: Spawn) -> None:
    shared = {min(os.sched_getaffinity(0))}
    first, second = spawn(BUSY), spawn(BUSY)
    for process in (first, second):
        os.sched_setaffinity(process.pid, shared)
        assert line(process) == "ready"

    with Sampler({"server": first.pid}, port=9, cpus=None) as sampler:
        until(lambda: bool(sampler.states))
        for process in (first, second):
            assert process.stdin is not None
            process.stdin.write("0.3\n")
            process.stdin.flush()
        assert {line(process) for process in (first, second)} == {"done"}

    tree = sampler.trees["server"]
    assert tree.busiest(0.0, float("inf")) * (tree.wanted[-1][0] - tree.wanted[0][0]) > 0.4


def test_the_whole_time_is_watched_even_where_each_reading_is_interrupted(
    spawn: Spawn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampler_module, "TORN_S", 0.0)
    server = spawn(BUSY)
    assert line(server) == "ready"

    with Sampler({"server": server.pid}, port=9, cpus=None) as sampler:
        began_s = time.monotonic()
        ask(server, "0.05")
        ended_s = time.monotonic()

    assert sampler.trees["server"].cpu.between(began_s, ended_s) > 0


def test_memory_and_connections_of_the_server_are_sampled(spawn: Spawn) -> None:
    server = spawn(BUSY)
    assert line(server) == "ready"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with (
            socket.create_connection(("127.0.0.1", port)),
            Sampler({"server": server.pid}, port=port, cpus=None) as sampler,
        ):
            until(lambda: bool(sampler.states))

    assert sampler.pss_peak_kib > 1000
    assert sampler.states[0].connections == 1
    assert sampler.states[0].files >= 3
    assert sampler.states[0].database_connections is None


def test_an_end_in_the_middle_is_seen(spawn: Spawn) -> None:
    server = spawn(BUSY)
    assert line(server) == "ready"

    with Sampler({"server": server.pid}, port=9, cpus=None) as sampler:
        until(lambda: bool(sampler.states))
        server.kill()
        server.wait()

    assert sampler.trees["server"].departed_since(0.0)
    assert sampler.trees["server"].clock.ended


def test_what_goes_wrong_in_the_thread_is_raised_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> dict[int, procfs.Process]:
        raise LookupError("no /proc")

    monkeypatch.setattr(procfs, "processes", fail)

    with pytest.raises(LookupError, match="no /proc"), Sampler({"server": os.getpid()}, port=9, cpus=None):
        pass


def test_only_the_thread_that_samples_is_confined() -> None:
    before = os.sched_getaffinity(0)

    with Sampler({"server": os.getpid()}, port=9, cpus=frozenset({min(before)})) as sampler:
        until(lambda: bool(sampler.states))
        assert sampler._thread.native_id is not None
        assert os.sched_getaffinity(sampler._thread.native_id) == {min(before)}
        assert os.sched_getaffinity(0) == before


def test_the_memory_of_a_process_that_is_gone_is_none() -> None:
    assert tree_pss_kib([2**22 + 1]) == 0
