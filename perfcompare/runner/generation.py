"""Runs a load generator against a server, and samples both."""

from __future__ import annotations

import os
import shutil
import signal
import site
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final, Protocol

from perfcompare.core import env, surroundings
from perfcompare.core.errors import EnvironmentProblem, PerfcompareError
from perfcompare.core.generator import Generator, Load, LoadResult
from perfcompare.core.http import NOTHING
from perfcompare.runner import orphans
from perfcompare.runner.pinning import Cpus
from perfcompare.runner.sampler import Sampler
from perfcompare.services import processes

GRACE_S: Final = 60.0
"""A generator that takes this much longer than warm-up and window is hanging."""
_STOP_S: Final = 5.0
_POLL_S: Final = 0.05


class LoadError(PerfcompareError):
    """Raised when a load gave no result because its generator or server ended, or because it took too long."""


class Loaded(Protocol):
    """The loaded server."""

    @property
    def pid(self) -> int:
        """Root of its process tree."""

    def alive(self) -> bool:
        """Whether it runs."""

    def tail(self) -> str:
        """The end of its log."""


def find(generator: Generator) -> str:
    """The path of its program, beside the running Python or on PATH. Raises EnvironmentProblem, which says how to
    get it."""
    found = _path(generator)
    if found is None:
        raise EnvironmentProblem(f"{generator.label}: no program {generator.program!r} here. {generator.installation}")
    return found


def installed(generator: Generator) -> bool:
    """Whether its program is here."""
    return _path(generator) is not None


def _path(generator: Generator) -> str | None:
    beside = str(Path(sys.executable).parent)
    return shutil.which(generator.program, path=beside) or shutil.which(generator.program)


def generate(
    generator: Generator, load: Load, server: Loaded, *, services: Mapping[str, int], cpus: Cpus | None
) -> tuple[LoadResult, Sampler]:
    """The generator's result for `load`, and the usage of the sampled processes.

    The sampler's roles are `server`, `generator` and those of `services`. Raises LoadError when there is no result.
    """
    output = load.folder.parent / "generator.stdout"
    with begun(generator, load, output) as process:
        try:
            trees = {"server": server.pid, "generator": process.pid, **services}
            with Sampler(trees, port=load.port, cpus=cpus) as sampler:
                _wait(process, server, load)
        finally:
            stop(process)
    return result_of(generator, load, process, output), sampler


def result_of(generator: Generator, load: Load, process: subprocess.Popen[bytes], output: Path) -> LoadResult:
    """The result of a generator that has ended. Raises LoadError when it failed."""
    if process.returncode != 0:
        raise LoadError(f"generator: {generator.label} {_how(process.returncode)}. {processes.tail(errors_of(output))}")
    return generator.parse(load, output.read_text(encoding="utf-8", errors="replace"))


def begun(generator: Generator, load: Load, output: Path) -> subprocess.Popen[bytes]:
    """The running generator, with its output in `output`. Raises EnvironmentProblem when its program is missing."""
    argv = list(generator.command(load))
    if argv[0] == generator.program:
        argv[0] = find(generator)
    return launched(argv, output, load.folder)


def launched(
    argv: Sequence[str], output: Path, folder: Path, environ: Mapping[str, str] = NOTHING
) -> subprocess.Popen[bytes]:
    """A generator that works in `folder`, with its standard output in `output` and its errors beside it.

    `folder` is its home as well: Locust takes options from `.locust.conf` there, and from files where it works.
    """
    told = {"HOME": str(folder), "PYTHONUSERBASE": site.getuserbase(), "PYTHONPATH": str(env.ROOT)}
    with output.open("wb") as stdout, errors_of(output).open("wb") as stderr:
        return subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=stderr,
            cwd=folder,
            env=surroundings.child(os.environ, **told, **orphans.marked(), **environ),
            process_group=0,  # Ctrl-C reaches only this process, which then ends the others in order
            preexec_fn=partial(processes.die_with_parent, os.getpid(), signal.SIGKILL),
        )


def errors_of(output: Path) -> Path:
    """The file for a generator's standard error, beside its standard output."""
    return output.with_suffix(".stderr")


def _wait(process: subprocess.Popen[bytes], server: Loaded, load: Load) -> None:
    deadline = time.monotonic() + load.warmup_s + load.seconds + GRACE_S
    while process.poll() is None:
        if not server.alive():
            raise LoadError(f"server: it ended under load. {server.tail()}")
        if time.monotonic() > deadline:
            raise LoadError(f"generator: it did not end within {GRACE_S:.0f} s after its window.")
        with suppress(subprocess.TimeoutExpired):
            process.wait(_POLL_S)


def stop(process: subprocess.Popen[bytes]) -> None:
    """End the generator with its whole process group, if it still runs."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(_STOP_S)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _how(status: int) -> str:
    return f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
