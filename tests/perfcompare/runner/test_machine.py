from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeVar

import pytest

from perfcompare.runner import cgroup, machine, procfs
from perfcompare.runner.machine import Machine
from perfcompare.runner.procfs import Process

_T = TypeVar("_T")
SERVICE = 901
SECONDS = 2.0


def process(pid: int, parent: int, *, cpu_s: float = 0.0, name: str = "busy", started: int = 1) -> Process:
    return Process(pid=pid, name=name, parent=parent, own_ns=int(cpu_s * 1e9), reaped_ns=0, threads=1, started=started)


def snapshot(cpu_s: float) -> dict[int, Process]:
    """This process and a child of it, a service and its child, a stranger, and a thread of the kernel: all as busy."""
    me = os.getpid()
    found = [
        process(me, 1, cpu_s=cpu_s),
        process(900, me, cpu_s=cpu_s),
        process(SERVICE, 1, cpu_s=cpu_s),
        process(902, SERVICE, cpu_s=cpu_s),
        process(903, 1, cpu_s=cpu_s, name="mypy"),
        process(904, 2, cpu_s=cpu_s, name="kworker"),
    ]
    return {one.pid: one for one in found}


def each(*values: _T) -> Callable[[], _T]:
    """A function that gives the values one after another, and then no more."""
    left: Iterator[_T] = iter(values)
    return lambda: next(left)


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A machine on which SECONDS pass; it is looked at once at their beginning and once at their end."""
    monkeypatch.setattr(machine.time, "monotonic", each(10.0, 10.0 + SECONDS))  # type: ignore[attr-defined]
    monkeypatch.setattr(procfs, "stolen", each((100, 1000), (105, 1100)))
    monkeypatch.setattr(procfs, "processes", each(snapshot(1.0), snapshot(2.0)))
    return monkeypatch


def test_what_the_hypervisor_took_is_a_share_of_all_time(clocks: pytest.MonkeyPatch) -> None:
    found = Machine([])

    assert found.stolen == pytest.approx(0.05)
    assert found.stolen == pytest.approx(0.05)  # of the time until it was first asked for


def test_within_one_tick_nothing_was_taken(clocks: pytest.MonkeyPatch) -> None:
    clocks.setattr(procfs, "stolen", lambda: (100, 1000))

    assert Machine([]).stolen == 0.0


def test_others_are_those_outside_the_trees_of_the_run(clocks: pytest.MonkeyPatch) -> None:
    found = Machine([SERVICE])

    assert found.others == {"mypy (903)": pytest.approx(0.5)}
    assert found.others == {"mypy (903)": pytest.approx(0.5)}


def test_a_service_that_is_not_of_the_run_is_another_one(clocks: pytest.MonkeyPatch) -> None:
    assert set(Machine([]).others) == {"busy (901)", "busy (902)", "mypy (903)"}


def test_what_belonged_to_the_run_at_either_end_belongs_to_it(clocks: pytest.MonkeyPatch) -> None:
    """A child that has ended by then, and one whose parent has."""
    last = {**snapshot(2.0), 905: process(905, SERVICE, cpu_s=1.0)}
    last[900] = replace(last[900], parent=1)
    clocks.setattr(procfs, "processes", each(snapshot(1.0), last))

    assert set(Machine([SERVICE]).others) == {"mypy (903)"}


def test_waiting_connections_hold_a_share_of_the_ports(clocks: pytest.MonkeyPatch) -> None:
    clocks.setattr(procfs, "connections", lambda state: {procfs.TIME_WAIT: 7_000}[state])
    clocks.setattr(procfs, "ephemeral_ports", lambda: 28_000)

    assert Machine([]).waiting == 0.25


def test_what_a_quota_held_back_is_that_of_the_time_in_which_it_was_watched(clocks: pytest.MonkeyPatch) -> None:
    clocks.setattr(cgroup, "throttled_s", each(7.0, 7.5))
    found = Machine([])

    assert (found.throttled_s, found.throttled_s) == (0.5, 0.5)


def test_this_machine_can_be_watched() -> None:
    found = Machine([])

    assert 0.0 <= found.stolen <= 1.0
    assert 0.0 <= found.waiting <= 1.0
    assert not [name for name in found.others if f"({os.getpid()})" in name]
