from __future__ import annotations

import resource
import time
from collections.abc import Mapping
from itertools import cycle
from typing import Any

import pytest

from perfcompare.core.http import NOTHING
from perfcompare.core.measurement import Environment
from perfcompare.core.objection import Objection
from perfcompare.runner import doctor, generating, orphans, pinning, procfs, sockets
from perfcompare.runner.cgroup import Throttling
from perfcompare.runner.doctor import Finding, Grade
from perfcompare.runner.pinning import Placement
from tests.perfcompare.factories import make_measurement, objection

FACTS: Mapping[str, Any] = {"cores": 8, "governor": "performance"}


@pytest.fixture(autouse=True)
def machine(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A machine without fault; the clocks of the real one are not asked."""
    steps = cycle([0.01, 0.0101])
    monkeypatch.setattr(pinning, "place", lambda _workers: Placement(server=frozenset({0}), rest=frozenset({1, 2})))
    monkeypatch.setattr(procfs, "stolen", lambda: (0, 0))
    monkeypatch.setattr(procfs, "ephemeral_ports", lambda: 28_000)
    monkeypatch.setattr(procfs, "connections", lambda _state: 0)
    monkeypatch.setattr(orphans, "others", lambda _root: [])
    monkeypatch.setattr(generating, "installed", lambda _generator: True)
    monkeypatch.setattr(doctor, "_timed", lambda: (next(steps), 0.0102))
    monkeypatch.setattr(resource, "getrlimit", lambda _which: (1024, 20_000))
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    return monkeypatch


def findings(busy: Mapping[str, float] = NOTHING, **changed: Any) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for one in doctor.examine(Environment(facts={**FACTS, **changed}, at_start={"busy": busy}), {}):
        found.setdefault(one.about, []).append(one)
    return found


def grade(about: str, **changed: Any) -> Grade:
    return max(one.grade for one in findings(**changed)[about])


def test_a_machine_without_fault_is_good_in_every_respect() -> None:
    named = {one.about for found in findings().values() for one in found if one.grade is not Grade.GOOD}

    assert named <= {"disk", "packages"}


def test_one_core_is_bad_and_two_are_told(machine: pytest.MonkeyPatch) -> None:
    assert grade("pinning", cores=2) is Grade.WORSE
    machine.setattr(pinning, "place", lambda _workers: Placement(server=None, rest=None))
    assert grade("pinning", cores=1) is Grade.BAD


@pytest.mark.parametrize("governor", ["powersave", None])
def test_a_governor_that_saves_power_or_is_not_known_is_told(governor: str | None) -> None:
    assert grade("governor", governor=governor) is Grade.WORSE


def test_time_that_the_hypervisor_takes_is_bad(machine: pytest.MonkeyPatch) -> None:
    readings = iter([(0, 0), (5, 100)])
    machine.setattr(procfs, "stolen", lambda: next(readings))

    assert grade("steal") is Grade.BAD


def test_a_kernel_that_does_not_tell_about_connections_is_bad(machine: pytest.MonkeyPatch) -> None:
    machine.setattr(sockets, "_SOCK_DIAG_BY_FAMILY", 99)

    assert grade("connections") is Grade.BAD


def test_a_busy_machine_is_bad_and_says_who() -> None:
    (found,) = findings(busy={"mypy (17)": 0.6, "sshd (2)": 0.1})["other load"]

    assert found.grade is Grade.BAD
    assert "mypy (17) 60%" in found.sentence
    assert "sshd" not in found.sentence


@pytest.mark.parametrize(
    ("used", "passed", "expected"),
    [
        ((1.0, 1.01, 0.99), (1.0, 1.01, 1.0), Grade.GOOD),
        ((1.0, 1.3, 0.8), (1.0, 1.3, 0.8), Grade.BAD),
        ((1.0, 1.0, 1.0), (1.0, 1.5, 1.4), Grade.BAD),
    ],
)
def test_a_reference_loop_that_varies_or_waits_is_bad(
    used: tuple[float, ...], passed: tuple[float, ...], expected: Grade
) -> None:
    assert doctor.judge_loop(used, passed).grade is expected


def test_low_limits_full_ports_leftovers_and_missing_generators_are_told(machine: pytest.MonkeyPatch) -> None:
    machine.setattr(resource, "getrlimit", lambda _which: (1024, 4096))
    machine.setattr(procfs, "connections", lambda _state: 20_000)
    machine.setattr(orphans, "others", lambda _root: ["python -m uvicorn (process 17)"])
    machine.setattr(generating, "installed", lambda _generator: False)

    assert [grade(about) for about in ("limits", "ports", "leftovers", "generators")] == [
        Grade.WORSE,
        Grade.WORSE,
        Grade.BAD,
        Grade.WORSE,
    ]


@pytest.mark.parametrize(
    ("generator_cpu_s", "objections", "expected"),
    [(0.5, (), Grade.GOOD), (1.95, (), Grade.WORSE), (0.5, (objection("steal"),), Grade.BAD)],
)
def test_a_full_generator_is_the_ceiling(
    generator_cpu_s: float, objections: tuple[Objection, ...], expected: Grade
) -> None:
    floor = make_measurement(load={"seconds": 2.0}, usage={"generator_cpu_s": generator_cpu_s}, objections=objections)

    assert doctor.judge_ceiling(floor, "wrk").grade is expected


HELD_BACK = Throttling(periods=1000, throttled=441, seconds=12.34)


@pytest.mark.parametrize(
    ("quota", "throttled", "processors", "grade", "sentence"),
    [
        (None, None, 2, Grade.GOOD, "No control group limits"),
        (2.0, HELD_BACK, 2, Grade.GOOD, "the time of 2 processors, and 2 may be used."),
        (1.5, None, 2, Grade.BAD, "the time of 1.5 processors, and 2 may be used. Whoever"),
        (1.5, HELD_BACK, 2, Grade.BAD, "held its processes back in 441 of 1000 periods, for 12.3 s. Whoever"),
    ],
)
def test_a_quota_below_the_processors_is_bad(
    quota: float | None, throttled: Throttling | None, processors: int, grade: Grade, sentence: str
) -> None:
    found = doctor.judge_quota(quota, throttled, processors)

    assert found.grade is grade
    assert sentence in found.sentence


def test_the_quota_of_the_environment_is_judged() -> None:
    assert findings(quota=0.5)["quota"][0].grade is Grade.BAD


@pytest.mark.parametrize(("nice", "grade"), [(0, Grade.GOOD), (10, Grade.WORSE)])
def test_whoever_lets_others_go_first_is_told(nice: int, grade: Grade) -> None:
    assert findings(nice=nice)["priority"][0].grade is grade
