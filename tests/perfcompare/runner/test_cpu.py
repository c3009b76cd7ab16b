"""Against what the processes say about themselves; the tolerance is for what they do after they have looked."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace

import pytest

from perfcompare.core.errors import EnvironmentProblem
from perfcompare.runner import cpu, procfs
from tests.perfcompare.runner.conftest import Spawn, ask, line

SPEND = """
import os, subprocess, sys, time
def spend(seconds):
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass
"""
BUSY = (
    SPEND
    + """
while True:
    input()
    spend(0.1)
    print(time.process_time_ns(), flush=True)
"""
)
# Each line: a child that spends 0.2 s of its own and is waited for.
WITH_CHILDREN = (
    SPEND
    + """
while True:
    input()
    pid = os.fork()
    if pid == 0:
        spend(0.2)
        os._exit(0)
    os.waitpid(pid, 0)
    times = os.times()
    print(times.user + times.system + times.children_user + times.children_system, flush=True)
"""
)
# A child that is alive when it is first looked at, then spends 0.2 s and ends; `ignore`: nobody waits for it.
ONE_CHILD = (
    SPEND
    + """
import signal
if sys.argv[1] == "ignore":
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", '''
import sys, time
print("ready", flush=True)
input()
until = time.process_time() + 0.2
while time.process_time() < until:
    pass
print("spent", flush=True)
input()
'''], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
child.stdout.readline()
print("ready", flush=True)
input()
child.stdin.write("\\n")
child.stdout.readline()
print("spent", flush=True)
input()
child.stdin.write("\\n")
child.wait()
times = os.times()
print(times.user + times.system + times.children_user + times.children_system, flush=True)
input()
"""
)


def refreshed(clock: cpu.TreeClock) -> float:
    """Seconds."""
    return clock.refresh(procfs.processes()) / 1e9


def test_a_process_is_read_to_the_nanosecond(spawn: Spawn) -> None:
    busy = spawn(BUSY)
    for _ in range(2):
        told = int(ask(busy))
        assert 0 <= cpu.clock_ns(busy.pid) - told < 5_000_000


def test_a_process_that_is_gone_cannot_be_read(spawn: Spawn) -> None:
    process = spawn("")
    process.wait()

    with pytest.raises(OSError, match="Invalid argument"):
        cpu.clock_ns(process.pid)


def test_a_reading_between_two_scans_is_exact_as_well(spawn: Spawn) -> None:
    busy = spawn(BUSY)
    clock = cpu.TreeClock(busy.pid)
    refreshed(clock)

    told = int(ask(busy))

    assert 0 <= clock.read() - told < 5_000_000


def test_children_that_came_and_went_between_two_scans_are_counted_once(spawn: Spawn) -> None:
    parent = spawn(WITH_CHILDREN)
    clock = cpu.TreeClock(parent.pid)
    for _ in range(2):
        told = float(ask(parent))
        assert refreshed(clock) == pytest.approx(told, abs=0.04)
    assert clock.uncounted_ns == 0


def test_a_child_that_ends_while_it_is_watched_is_neither_lost_nor_counted_twice(spawn: Spawn) -> None:
    parent = spawn(ONE_CHILD, "wait")
    assert line(parent) == "ready"
    clock = cpu.TreeClock(parent.pid)
    refreshed(clock)
    assert ask(parent) == "spent"
    before = clock.read() / 1e9
    told = float(ask(parent))

    between, after = clock.read() / 1e9, refreshed(clock)

    assert before <= between <= after
    assert after == pytest.approx(told, abs=0.04)
    assert len(clock.departed) == 1
    assert clock.uncounted_ns == 0


def test_a_child_that_nobody_waits_for_keeps_what_was_seen_of_it_and_is_reported(spawn: Spawn) -> None:
    parent = spawn(ONE_CHILD, "ignore")
    assert line(parent) == "ready"
    clock = cpu.TreeClock(parent.pid)
    refreshed(clock)
    assert ask(parent) == "spent"
    seen = clock.read() / 1e9

    told = float(ask(parent))

    assert told < seen - 0.15  # the kernel has forgotten it
    assert refreshed(clock) >= seen
    assert clock.uncounted_ns > 150_000_000


def test_a_tree_that_has_ended_keeps_its_time(spawn: Spawn) -> None:
    busy = spawn(BUSY)
    clock = cpu.TreeClock(busy.pid)
    refreshed(clock)
    ask(busy)
    last = clock.read() / 1e9
    busy.kill()
    busy.wait()

    assert refreshed(clock) == clock.read() / 1e9 == last
    assert clock.ended


def test_another_process_with_the_same_pid_is_not_taken_for_the_root(spawn: Spawn) -> None:
    root = spawn("input()")
    clock = cpu.TreeClock(root.pid)
    found = procfs.processes()
    clock.refresh(found)

    clock.refresh({**found, root.pid: replace(found[root.pid], started=1, reaped_ns=10**12)})

    assert clock.ended
    assert clock.members == ()


def test_another_system_than_linux_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    cpu.require_linux()
    monkeypatch.setattr(sys, "platform", "darwin")

    with pytest.raises(EnvironmentProblem, match="needs Linux"):
        cpu.require_linux()


def test_this_process_agrees_with_its_own_clock() -> None:
    assert abs(cpu.clock_ns(os.getpid()) - time.process_time_ns()) < 5_000_000
