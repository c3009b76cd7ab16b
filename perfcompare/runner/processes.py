"""Starts one server on a free port, waits until it answers there, and ends it."""

from __future__ import annotations

import json
import os
import resource
import secrets
import signal
import socket
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, closing, suppress
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Final, Self, TypeVar

from perfcompare.core.errors import EnvironmentProblem, PerfcompareError, attempt
from perfcompare.core.http import Request
from perfcompare.core.target import Program
from perfcompare.runner import procfs
from perfcompare.runner.client import Client
from perfcompare.services import ports, processes

READY_S: Final = 60.0
"""Longest wait for the first right answer of a server that no longer computes."""
LONGEST_S: Final = 600.0
"""Longest wait for one that does: a large project loads for a minute where others use the processors."""
_LOOKS: Final = 6
"""How often in READY_S it is looked at."""
_IDLE: Final = 0.02
"""A process that waits for something uses less of a processor."""
STOP_S: Final = 8.0
"""Longest wait for an orderly end. The servers themselves give requests under way 5 s."""
_POLL_S: Final = 0.01
_HEALTH_S: Final = 2.0
_given: Final = deque[int](maxlen=500)
"""The ports that were assigned last, because several servers start at the same time."""


class StartError(PerfcompareError):
    """Raised when a server ends instead of answering, or never answers. The message holds the end of its log."""


class ServerProcess:
    """A context in which `program` serves on 127.0.0.1.

    `cpus` are the processors it is confined to (None: all), `log` the file for what it prints. Raises
    EnvironmentProblem when another server takes the port, StartError when it does not start.
    """

    host = "127.0.0.1"

    def __init__(self, program: Program, *, log: Path, cpus: frozenset[int] | None) -> None:
        self.prefix = program.prefix
        self.keeps_alive = program.keeps_alive
        self.health = Request(path=program.health)
        """What its process says about itself."""
        self.log = log
        self.start_s = 0.0
        """Seconds from its start to its first right answer."""
        self._name = program.label
        self._folder = program.folder or log.parent  # that has no gunicorn.conf.py, and no modules to import
        self._over = False
        self._cpus = cpus
        self._nonce = secrets.token_hex(16)
        self._environ = {**program.environ, "PERFCOMPARE_NONCE": self._nonce}
        self.port = free_port(self.host)
        self.command = tuple(program.command(self.port))

    @property
    def pid(self) -> int:
        """The root of its process tree."""
        return self._process.pid

    def alive(self) -> bool:
        """Whether that process runs."""
        return self._process.poll() is None

    def tail(self) -> str:
        """The end of its log, for messages."""
        return processes.tail(self.log)

    def __enter__(self) -> Self:
        self.begin()
        try:
            self.wait()
        except BaseException:
            self.end()
            raise
        return self

    def begin(self) -> None:
        """Start it without waiting until it serves; see `start_all`."""
        self._began_s = time.monotonic()
        self._process = self._started()

    def wait(self) -> None:
        """Wait until its health path answers with this start's nonce. Raises StartError when it never does."""
        self._wait()
        self.start_s = time.monotonic() - self._began_s

    def end(self) -> None:
        """End it with all its processes. A second call does nothing."""
        if not self._over:
            self._over = True
            self._end()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end()

    def _started(self) -> subprocess.Popen[bytes]:
        try:
            output = self.log.open("wb")
        except OSError as error:
            raise EnvironmentProblem(
                f"{self.log} cannot be written: {error.strerror}. Free disk space, or let this user write there."
            ) from error
        with output:
            return subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
                env=self._environ,
                process_group=0,  # Ctrl-C reaches only this process, which then ends the others in order
                preexec_fn=partial(_prepare, os.getpid(), self._cpus),
            )

    def _wait(self) -> None:
        """Until its health path answers with this start's nonce."""
        began = looked = time.monotonic()
        used_s = 0.0
        while (nonce := self._answering()) != self._nonce:
            if nonce is not None:
                raise self._taken()
            if not self.alive():
                raise self._ended()
            now = time.monotonic()
            if now - looked > READY_S / _LOOKS:
                before_s, used_s = used_s, self._computed_s()
                idle = used_s - before_s < _IDLE * (now - looked)
                looked = now
                if now - began > (READY_S if idle else LONGEST_S):
                    raise StartError(f"{self._name} did not answer within {now - began:.0f} s. {self.tail()}")
            time.sleep(_POLL_S)

    def _computed_s(self) -> float:
        """Processor time that it and its children have taken."""
        return sum(one.own_ns + one.reaped_ns for one in procfs.family(self.pid).values()) / 1e9

    def _answering(self) -> str | None:
        """The nonce in the port's answer. Empty for a foreign server; None without an answer."""
        try:
            reply = Client(self.host, self.port, _HEALTH_S).send(self.health, "/")
        except OSError:
            return None
        with suppress(ValueError):
            content = json.loads(reply.body)
            if isinstance(content, dict):
                return str(content.get("nonce", ""))
        return ""

    def _ended(self) -> PerfcompareError:
        if not ports.bindable(self.host, self.port):
            return self._taken()
        status = self._process.returncode
        how = f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
        return StartError(f"{self._name} {how} instead of answering. {self.tail()}")

    def _taken(self) -> EnvironmentProblem:
        return EnvironmentProblem(
            f"Port {self.port} of {self.host} is taken by {ports.holder(self.port)}, so {self._name} cannot serve "
            f"there. Try again (another port is chosen each time), or end that process. {self.tail()}"
        )

    def _end(self) -> None:
        """Tell the first process to end, which ends its workers. Then kill the rest of the group."""
        with suppress(ProcessLookupError):
            self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_S)
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


K = TypeVar("K")


def start_all(
    wanted: Mapping[K, Callable[[], ServerProcess]], context: ExitStack
) -> dict[K, ServerProcess | PerfcompareError]:
    """Start all of these servers at the same time, to live in `context`. For each: the server, or its error."""
    begun = {key: attempt(partial(_begun, make, context)) for key, make in wanted.items()}
    return {
        key: attempt(partial(_ready, server)) if isinstance(server, ServerProcess) else server
        for key, server in begun.items()
    }


def _begun(make: Callable[[], ServerProcess], context: ExitStack) -> ServerProcess:
    server = make()
    server.begin()
    context.push(server)
    return server


def _ready(server: ServerProcess) -> ServerProcess:
    try:
        server.wait()
    except PerfcompareError:
        server.end()  # the other servers would see it as foreign
        raise
    return server


def free_port(host: str) -> int:
    """A free port that was not assigned a moment ago to a server that may not have bound it yet."""
    while True:
        with closing(socket.socket()) as probe:
            probe.bind((host, 0))
            port = int(probe.getsockname()[1])
        if port not in _given:
            _given.append(port)
            return port


def _prepare(parent: int, cpus: Iterable[int] | None) -> None:
    """Runs in the new child before the server; all its processes and threads inherit the result."""
    processes.die_with_parent(parent, signal.SIGTERM)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    if cpus is not None:
        os.sched_setaffinity(0, cpus)
