"""Records what the garbage collector of a server's process does, where the measuring process can read it.

CPython collects its oldest objects once in hundreds or thousands of requests. One such *full collection* may cost as
much as a hundred requests (https://docs.python.org/3.11/library/gc.html#gc.set_threshold). A window of a third of a
second holds none, one or two, so the cost of a request would depend on chance. runner/collector.py spreads it evenly.
"""

from __future__ import annotations

import gc
import mmap
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

VARIABLE: Final = "PERFCOMPARE_COLLECTIONS"
"""Names the folder in which each process of a measured server has its own file."""
FULL: Final = 2
"""The generation that a full collection collects."""
FIELDS: Final = 2
"""64-bit integers of a file: younger collections so far, and nanoseconds of CPU time of the full ones."""
SIZE: Final = 8 * FIELDS
"""Bytes of a file."""


def tell() -> None:
    """Keep the file of this process up to date from now on, if VARIABLE names a folder. OSError without the folder."""
    if folder := os.environ.get(VARIABLE):
        _tell(Path(folder) / str(os.getpid()))


def _tell(path: Path) -> None:
    with path.open("w+b") as file:
        file.truncate(SIZE)
        told = memoryview(mmap.mmap(file.fileno(), SIZE)).cast("q")
    began_ns = 0

    def note(phase: str, info: Mapping[str, Any]) -> None:
        nonlocal began_ns
        if info["generation"] < FULL:
            told[0] += phase == "stop"
        elif phase == "start":
            began_ns = time.thread_time_ns()
        else:
            told[1] += time.thread_time_ns() - began_ns

    gc.callbacks.append(note)
