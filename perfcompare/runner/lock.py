"""Allows one run at a time, because two would measure each other."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from perfcompare.core import env
from perfcompare.core.errors import RunInProgressError
from perfcompare.services import folders


@contextmanager
def only_run() -> Iterator[None]:
    """Hold the lock of the state folder. The kernel releases it when this process dies for any reason.

    Raises RunInProgressError, which names the process that holds it, and EnvironmentProblem without a usable folder.
    """
    with _file().open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RunInProgressError(_explanation(file)) from error
        file.truncate(0)
        json.dump({"pid": os.getpid(), "started": datetime.now(UTC).isoformat(timespec="seconds")}, file)
        file.flush()
        yield


def _file() -> Path:
    return folders.private(env.state_folder()) / "run.lock"


def _explanation(file: TextIO) -> str:
    file.seek(0)
    try:
        holder = json.load(file)
        who = f"Process {holder['pid']}, started {holder['started']}, is measuring"
    except (ValueError, KeyError, TypeError):
        who = "Another process is about to measure"
    return f"{who} on this machine (lock {file.name}). Wait until it has ended, or end it, then start again."
