"""How reliable results from this machine will be, and why. Each check returns a sentence and a grade."""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from perfcompare.core.errors import EnvironmentProblem
from perfcompare.core.generator import Generator
from perfcompare.core.measurement import Environment, Measurement
from perfcompare.plugins import generators, servers
from perfcompare.runner import cgroup, generation, orphans, pinning, procfs
from perfcompare.runner.cgroup import Throttling
from perfcompare.runner.sockets import Requests
from perfcompare.runner.validity import MAX_GENERATOR_SHARE, MAX_OTHER_SHARE, MAX_STOLEN_SHARE, MAX_WAITING_SHARE

MAX_LOOP_SPREAD: Final = 0.05
"""Standard deviation of the reference loop's CPU time over its mean: pyperf warns at 10 % of wall time, and CPU time
is steadier."""
MAX_LOOP_DELAY: Final = 0.10
"""Of the reference loop's time: the part spent waiting for a processor."""
MIN_OPEN_FILES: Final = 11_000
"""For 10,000 held connections, and the rest that a process has open."""
MIN_PORTS: Final = 12_000
MIN_FREE_BYTES: Final = 1024**3
_LOOPS: Final = 20
_STEPS: Final = 300_000


class Grade(IntEnum):
    """The effect of a finding on results."""

    GOOD = 0
    WORSE = 1
    """Results are less certain, or something is not offered."""
    BAD = 2
    """Results from this machine would be unreliable, or cannot be measured."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """The result of one check."""

    about: str
    grade: Grade
    sentence: str


def examine(found: Environment, packages: Mapping[str, Sequence[str]], *, workers: int = 1) -> Iterator[Finding]:
    """Everything about this machine that needs no server; `found` is its environment.

    `packages` are those that each thing to be measured needs, by its name.
    """
    yield _cores(found.facts, workers)
    yield judge_quota(found.facts.get("quota"), cgroup.throttled(), len(os.sched_getaffinity(0)))
    yield _nice(found.facts.get("nice", 0))
    yield _governor(found.facts.get("governor"))
    yield _steal()
    yield _quiet(found.at_start["busy"])
    yield _loop()
    yield _files()
    yield _ports()
    yield _connections()
    yield _leftovers()
    yield _disk()
    yield from _generators()
    yield from _packages({**packages, **{name: server.packages for name, server in servers.items()}})


def _cores(facts: Mapping[str, Any], workers: int) -> Finding:
    placement = pinning.place(workers)
    if placement.server is None:
        return Finding(about="pinning", grade=Grade.BAD, sentence=placement.describe())
    cores = facts.get("cores")
    grade = Grade.GOOD if (cores or 0) > 2 else Grade.WORSE
    said = "" if grade is Grade.GOOD else " The generator and the database share one core: a slow one caps the rate."
    return Finding(about="pinning", grade=grade, sentence=f"{cores} processors. {placement.describe()}{said}")


def judge_quota(quota: float | None, throttled: Throttling | None, processors: int) -> Finding:
    """What the control group's quota means for a run on this number of processors."""
    if quota is None:
        return Finding(about="quota", grade=Grade.GOOD, sentence="No control group limits the processor time.")
    said = f"The control group gives the time of {quota:g} processors, and {processors} may be used."
    if quota >= processors:
        return Finding(about="quota", grade=Grade.GOOD, sentence=said)
    if throttled is not None and throttled.throttled:
        said += (
            f" It has held its processes back in {throttled.throttled} of {throttled.periods} periods, "
            f"for {throttled.seconds:.1f} s."
        )
    said += (
        " A process that has used it up waits for the next period. Remove the quota (docker run without --cpus, "
        "CPUQuota= of systemd, limits.cpu of Kubernetes), or use fewer processors: taskset -c LIST …"
    )
    return Finding(about="quota", grade=Grade.BAD, sentence=said)


def _nice(nice: int) -> Finding:
    if nice <= 0:
        return Finding(about="priority", grade=Grade.GOOD, sentence="No other process goes first.")
    said = f"This process, its servers and generators have nice {nice}: others go first. Start it without nice."
    return Finding(about="priority", grade=Grade.WORSE, sentence=said)


def _governor(governor: str | None) -> Finding:
    if governor is None:
        return Finding(
            about="governor",
            grade=Grade.WORSE,
            sentence="The frequency governor is not known, as in most virtual machines.",
        )
    grade = Grade.GOOD if governor == "performance" else Grade.WORSE
    way = "" if grade is Grade.GOOD else " Set it to performance: cpupower frequency-set -g performance."
    return Finding(about="governor", grade=grade, sentence=f"The frequency governor is {governor}.{way}")


def _steal(look_s: float = 1.0) -> Finding:
    stolen, ticks = procfs.stolen()
    time.sleep(look_s)
    stolen_after, ticks_after = procfs.stolen()
    share = (stolen_after - stolen) / max(ticks_after - ticks, 1)
    grade = Grade.GOOD if share <= MAX_STOLEN_SHARE else Grade.BAD
    return Finding(about="steal", grade=grade, sentence=f"The hypervisor gave {share:.1%} of this machine to others.")


def _quiet(busy: Mapping[str, float]) -> Finding:
    loud = {name: share for name, share in busy.items() if share > MAX_OTHER_SHARE}
    if not loud:
        return Finding(about="other load", grade=Grade.GOOD, sentence="No other process uses much of a processor.")
    named = ", ".join(f"{name} {share:.0%}" for name, share in loud.items())
    return Finding(
        about="other load", grade=Grade.BAD, sentence=f"Other processes use processors: {named}. End or pause them."
    )


def _loop() -> Finding:
    """Repeats a fixed piece of work. Its CPU time should not vary, and it should not have to wait."""
    used, passed = zip(*(_timed() for _ in range(_LOOPS)), strict=True)
    return judge_loop(used, passed)


def judge_loop(used: tuple[float, ...], passed: tuple[float, ...]) -> Finding:
    """The finding from the CPU seconds and the wall seconds of the repetitions."""
    spread = statistics.stdev(used) / statistics.mean(used)
    delay = 1 - sum(used) / sum(passed)
    steady = spread <= MAX_LOOP_SPREAD and delay <= MAX_LOOP_DELAY
    return Finding(
        about="noise",
        grade=Grade.GOOD if steady else Grade.BAD,
        sentence=f"The CPU time of a fixed piece of work varies by {spread:.1%}, and it waited for {delay:.1%} of its "
        f"time{'' if steady else ': smaller differences are noise'}.",
    )


def _timed() -> tuple[float, float]:
    used, began = time.thread_time(), time.perf_counter()
    for _ in range(_STEPS):
        pass
    return time.thread_time() - used, time.perf_counter() - began


def _files() -> Finding:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    grade = Grade.GOOD if hard == resource.RLIM_INFINITY or hard >= MIN_OPEN_FILES else Grade.WORSE
    said = "" if grade is Grade.GOOD else " 10,000 connections cannot be held; raise it with ulimit -Hn."
    return Finding(about="limits", grade=grade, sentence=f"A process may open {hard} files.{said}")


def _ports() -> Finding:
    ports, waiting = procfs.ephemeral_ports(), procfs.connections(procfs.TIME_WAIT)
    enough = ports >= MIN_PORTS and waiting <= MAX_WAITING_SHARE * ports
    return Finding(
        about="ports",
        grade=Grade.GOOD if enough else Grade.WORSE,
        sentence=f"{ports} ports for outgoing connections, {waiting} connections in TIME_WAIT.",
    )


def _connections() -> Finding:
    try:
        Requests(0).read()
    except EnvironmentProblem as error:
        return Finding(about="connections", grade=Grade.BAD, sentence=str(error))
    return Finding(about="connections", grade=Grade.GOOD, sentence="The kernel reports single connections.")


def _leftovers() -> Finding:
    found = orphans.others(os.getpid())
    if not found:
        return Finding(about="leftovers", grade=Grade.GOOD, sentence="No server of an earlier run is alive.")
    return Finding(about="leftovers", grade=Grade.BAD, sentence=f"Still alive from a run: {', '.join(found)}.")


def _disk() -> Finding:
    free = shutil.disk_usage(Path.cwd()).free
    grade = Grade.GOOD if free >= MIN_FREE_BYTES else Grade.WORSE
    return Finding(about="disk", grade=grade, sentence=f"{free / 1024**3:.1f} GiB are free.")


def _generators() -> Iterator[Finding]:
    for generator in generators.values():
        yield _generator(generator)


def _generator(generator: Generator) -> Finding:
    if generation.installed(generator):
        return Finding(about="generators", grade=Grade.GOOD, sentence=f"{generator.label} is installed.")
    said = f"{generator.label} is not installed. {generator.installation}"
    return Finding(about="generators", grade=Grade.WORSE, sentence=said)


def _packages(needed: Mapping[str, Sequence[str]]) -> Iterator[Finding]:
    for name, packages in needed.items():
        missing = [package for package in packages if not _present(package)]
        if missing:
            said = f"{name} cannot be measured: not installed: {', '.join(missing)}."
            yield Finding(about="packages", grade=Grade.WORSE, sentence=said)


def _present(package: str) -> bool:
    try:
        metadata.version(package)
    except metadata.PackageNotFoundError:
        return False
    return True


def judge_ceiling(floor: Measurement, generator: str) -> Finding:
    """The finding from a trial of the bare server with a generator. No stack can answer faster on this machine."""
    share = (floor.usage.generator_cpu_s if floor.usage else 0.0) / floor.seconds
    full = share >= MAX_GENERATOR_SHARE
    limit = "the generator's processor is full, so the generator is the limit" if full else "the server is the limit"
    faults = f" Objections: {'; '.join(map(str, floor.objections))}" if floor.objections else ""
    return Finding(
        about="ceiling",
        grade=Grade.BAD if floor.objections else Grade.WORSE if full else Grade.GOOD,
        sentence=f"{generator} got {floor.goodput:,.0f} answers/s from a server without a framework and used "
        f"{share:.0%} of a processor: {limit}. Rates above 85 % of it are rejected.{faults}",
    )
