"""Starts child processes that do not outlive the keeper, and ends those that outlived an earlier keeper."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import psutil

STOP_S = 20.0
"""Longest wait for an orderly end, in which PostgreSQL writes a checkpoint."""
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent(parent: int, signum: signal.Signals) -> None:
    """In a new child: make the kernel send `signum` when the parent dies, however it dies (Linux, prctl(2))."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signum)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)


def _preparation(signum: signal.Signals) -> Callable[[], None]:
    return partial(die_with_parent, os.getpid(), signum)


def spawn(argv: Sequence[str], *, log: Path, stop_signal: signal.Signals, user: str | None) -> subprocess.Popen[bytes]:
    """Start `argv` as the system user `user` (default: this user), and write its output to `log`, a new file.

    Call it from the main thread, because the kernel ties the parent-death signal to the thread that forked.
    """
    with log.open("wb") as output:
        return subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            user=user,
            group=None if user is None else pwd.getpwnam(user).pw_gid,
            extra_groups=None if user is None else [],
            preexec_fn=_preparation(stop_signal),  # safe: the keeper has one thread
        )


def end(process: subprocess.Popen[bytes] | psutil.Process) -> None:
    """Wait for a process that was told to end. Kill it after STOP_S seconds."""
    try:
        process.wait(timeout=STOP_S)
    except (subprocess.TimeoutExpired, psutil.TimeoutExpired):
        process.kill()
        process.wait()


def stop_leftover(pid_file: Path, marker: str, stop_signal: signal.Signals) -> None:
    """Stop the process that `pid_file` names if it still runs and its command line contains `marker`."""
    # the file is unreadable, the process is gone or belongs to another user: nothing of ours to stop
    with contextlib.suppress(OSError, ValueError, psutil.Error):
        process = psutil.Process(int(pid_file.read_text(encoding="utf-8")))
        if any(marker in word for word in process.cmdline()):
            process.send_signal(stop_signal)
            end(process)


def tail(log: Path, lines: int = 15) -> str:
    """The last `lines` lines of a log with its name, for messages."""
    try:
        text = log.read_text(encoding="utf-8", errors="replace").rstrip().splitlines()[-lines:]
    except OSError as error:
        return f"{log}: {error.strerror}"
    return "\n".join([f"The end of {log}:", *(f"  {line}" for line in text)])
