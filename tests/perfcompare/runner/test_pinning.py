from __future__ import annotations

import os

import pytest

from perfcompare.runner import pinning
from perfcompare.runner.pinning import Placement, confined, place
from tests.perfcompare.runner.conftest import Spawn, ask, line

WAIT = """
import subprocess, sys
print("ready", flush=True)
for _ in sys.stdin:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    print(child.pid, flush=True)
"""


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Four processors that are two cores."""
    monkeypatch.setattr(pinning, "_allowed", lambda: frozenset(range(4)))
    monkeypatch.setattr(pinning, "_siblings", lambda cpu: frozenset({cpu % 2, cpu % 2 + 2}))


@pytest.mark.parametrize("workers", [1, 2, 8])
def test_hardware_threads_stay_together_and_one_core_is_left(machine: None, workers: int) -> None:
    placement = place(workers)

    assert (placement.server, placement.rest) == (frozenset({0, 2}), frozenset({1, 3}))
    assert placement.describe() == "The server runs on CPU 0, 2, generator, database and the rest on 1, 3."


def test_every_worker_gets_a_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pinning, "_allowed", lambda: frozenset({2, 4, 6, 7}))
    monkeypatch.setattr(pinning, "_siblings", lambda cpu: frozenset({cpu}))

    assert place(3) == Placement(server=frozenset({2, 4, 6}), rest=frozenset({7}))


def test_with_one_core_nothing_is_pinned(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pinning, "_allowed", lambda: frozenset({0, 1}))
    monkeypatch.setattr(pinning, "_siblings", lambda _cpu: frozenset({0, 1}))

    assert place(1) == Placement(server=None, rest=None)
    assert "Nothing is pinned" in place(1).describe()


@pytest.mark.parametrize(("text", "cpus"), [("0", {0}), ("0,4-6\n", {0, 4, 5, 6})])
def test_lists_of_the_kernel_are_understood(text: str, cpus: set[int]) -> None:
    assert set(pinning._parsed(text)) == cpus


def test_a_process_tree_is_confined_and_given_back_what_it_had(spawn: Spawn) -> None:
    process = spawn(WAIT)
    assert line(process) == "ready"
    before = os.sched_getaffinity(process.pid)
    cpus = frozenset({max(before)})

    with confined([process.pid], cpus):
        child = int(ask(process))
        assert os.sched_getaffinity(process.pid) == os.sched_getaffinity(child) == cpus

    assert os.sched_getaffinity(process.pid) == os.sched_getaffinity(child) == before


def test_a_process_tree_is_pinned_and_so_is_what_it_starts_from_then_on(spawn: Spawn) -> None:
    process = spawn(WAIT)
    assert line(process) == "ready"
    first = int(ask(process))
    cpus = frozenset({max(os.sched_getaffinity(process.pid))})

    pinning.pin(process.pid, cpus)

    later = int(ask(process))
    assert [os.sched_getaffinity(pid) for pid in (process.pid, first, later)] == [cpus] * 3


def test_without_processors_nothing_is_confined(spawn: Spawn) -> None:
    process = spawn(WAIT)
    before = os.sched_getaffinity(process.pid)
    pinning.pin(process.pid, None)

    with confined([process.pid], None):
        assert os.sched_getaffinity(process.pid) == before


def test_a_process_that_is_gone_is_no_error() -> None:
    with confined([2**22 + 1], frozenset({0})):
        pass
