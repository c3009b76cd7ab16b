"""The process that measures a run: starts it beside a web server, finds it, and ends it."""

from __future__ import annotations

import os
import secrets
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from perfcompare.core import env
from perfcompare.runner import procfs
from perfcompare.services import folders, pids, processes

SERVICES: Final = {"DATABASE_URL": "postgresql", "REDIS_URL": "redis", "UPSTREAM_URL": "upstream"}


def started(words: Sequence[str]) -> int:
    """Start `manage.py WORDS` in its own session, so that it outlives the page and its server, and return its pid.

    Its output goes to its log. Raises EnvironmentProblem when the log cannot be written.
    """
    folder = folders.private(env.state_folder() / "started")
    path = folder / f"{secrets.token_hex(8)}.log"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        pid = os.posix_spawn(
            sys.executable,
            [sys.executable, str(env.ROOT / "manage.py"), *words],
            _environment(os.environ),
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_DUP2, descriptor, 1),
                (os.POSIX_SPAWN_DUP2, descriptor, 2),
            ],
            setsid=True,
        )
    finally:
        os.close(descriptor)
    path.replace(log_of(pid))
    return pid


def log_of(pid: int) -> Path:
    """The log of the process that `started` returned this pid for."""
    return env.state_folder() / "started" / f"{pid}.log"


def tail(pid: int) -> str:
    """The end of that log; empty without one."""
    return processes.tail(log_of(pid)) if log_of(pid).exists() else ""


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    """The environment without the embedded services of this process. The new process holds its own lease on them."""
    embedded = {role for role, root in pids.roots(environ).items() if root is not None}
    return {name: value for name, value in environ.items() if SERVICES.get(name) not in embedded}


def key_of(pid: int) -> tuple[int, int] | None:
    """The pid and start of the process in ticks since boot. None when it has ended, or without /proc."""
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)  # this process is the parent of a process from `started`, so it must reap it
    try:
        text = (procfs.PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    ended = text.rpartition(") ")[2].startswith("Z")
    return None if ended else procfs.parse(text).key


def alive(pid: int | None, began: int | None) -> bool:
    """Whether exactly that process runs, and not a later one with the same pid."""
    return pid is not None and key_of(pid) == (pid, began)


def ended(pid: int | None, began: int | None) -> bool:
    """Send it TERM, after which a run keeps its results and ends. Tells whether the process existed."""
    if pid is None or not alive(pid, began):
        return False
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    return True
