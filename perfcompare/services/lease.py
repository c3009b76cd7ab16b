"""The client side of the keeper: starts one if none runs, holds a lease, and requests services."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import subprocess
import sys
import time
import weakref
from types import TracebackType
from typing import Self

from perfcompare.core import env, surroundings
from perfcompare.core.errors import EnvironmentProblem
from perfcompare.services import folders, locations, processes
from perfcompare.services.service import START_S

_CONNECT_S = 60.0
"""Longest wait for an earlier keeper to stop."""
_ANSWER_S = 2 * START_S
_RELEASE_S = 10.0
_POLL_S = 0.02
_ATTEMPTS = 3


class Lease:
    """Keeps the embedded services alive from its construction to `close`, or to the death of this process.

    Child processes do not hold it: the socket is not inheritable, and a forked child closes its copy.
    """

    def __init__(self) -> None:
        self._socket = _connect()
        lease = weakref.ref(self)
        os.register_at_fork(after_in_child=lambda: _forget(lease()))

    def ask(self, service: str) -> str:
        """The URL of `service` ("postgresql", "redis", "upstream"), which the first request starts.

        Raises EnvironmentProblem when it cannot be started.
        """
        for _ in range(_ATTEMPTS):
            line = self._exchange(service)
            if line:
                return _url(json.loads(line))
            # the keeper was stopping when this lease reached it, or it died: start another one
            self._socket.close()
            self._socket = _connect()
        raise EnvironmentProblem(f"The keeper of the services does not last. {processes.tail(locations.keeper_log())}")

    def close(self) -> None:
        """Release the lease. When it was the last one, wait until all services have stopped."""
        if self._socket.fileno() == -1:
            return
        with self._socket:
            self._socket.settimeout(_RELEASE_S)
            try:
                self._socket.shutdown(socket.SHUT_WR)
                self._socket.recv(1)
            except OSError:
                pass  # the keeper is gone, or takes longer than a user should wait; it finishes alone

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _exchange(self, service: str) -> bytes:
        try:
            self._socket.sendall(f"{service}\n".encode())
            with self._socket.makefile("rb") as answers:
                return answers.readline()
        except ConnectionError:
            return b""
        except TimeoutError as error:
            log = processes.tail(locations.keeper_log())
            raise EnvironmentProblem(f"The keeper gave no {service} within {_ANSWER_S:.0f} s. {log}") from error

    def forget(self) -> None:
        """Close this process's copy of the lease without releasing it."""
        self._socket.close()


def _forget(lease: Lease | None) -> None:
    if lease is not None:
        lease.forget()


def _url(answer: dict[str, str]) -> str:
    if "error" in answer:
        raise EnvironmentProblem(answer["error"])
    return answer["url"]


def _connect() -> socket.socket:
    folders.private(locations.services_folder())
    folders.private(locations.sockets_folder())
    deadline = time.monotonic() + _CONNECT_S
    while (connection := _try_connect()) is None:
        if not _start_keeper():
            time.sleep(_POLL_S)
        if time.monotonic() > deadline:
            raise EnvironmentProblem(
                f"A keeper of the services holds {locations.keeper_lock()} but does not answer. "
                f"End it (`fuser {locations.keeper_lock()}` shows its process id) and try again."
            )
    return connection


def _try_connect() -> socket.socket | None:
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(_ANSWER_S)
    try:
        connection.connect(str(locations.keeper_socket()))
    except (FileNotFoundError, ConnectionRefusedError):
        connection.close()
        return None
    return connection


def _start_keeper() -> bool:
    """Start a keeper unless one lives. Tells whether it started one.

    The keeper inherits the flock that is taken here, so only one of two concurrent users starts a keeper. It holds the
    flock until it has stopped everything, however it ends.
    """
    with locations.keeper_lock().open("wb") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        if _run_keeper(lock.fileno()) != 0:
            raise EnvironmentProblem(f"The keeper cannot be started. {processes.tail(locations.keeper_log())}")
    return True


def _run_keeper(lock: int) -> int:
    """Run the keeper until it listens and continues in the background. Returns its exit status."""
    with locations.keeper_log().open("wb") as log:
        return subprocess.run(
            [sys.executable, "-m", "perfcompare.services.keeper", str(lock)],
            check=False,
            cwd=env.ROOT,
            env=surroundings.child(os.environ, PERFCOMPARE_STATE=str(env.state_folder().resolve())),
            pass_fds=[lock],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        ).returncode
