"""Imported by Python itself at the start of a server that is counted: see perfcompare.anatomy.counts.

Alone in its folder, which is put on PYTHONPATH, so that it needs no change in any stack or server. It wraps the two
ways in which work reaches another thread, and the start of a thread, and keeps the counts in a file of this process.
"""

from __future__ import annotations

import concurrent.futures.thread
import mmap
import os
import struct
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

FOLDER: Final = os.environ.get("PERFCOMPARE_COUNTS")
LAYOUT: Final = struct.Struct("<2q")
"""Hops and threads since the start of the process."""


class Counters:
    """Two numbers in a mapped file: readable by another process at any moment, and after this one was killed."""

    def __init__(self, file: Path) -> None:
        file.write_bytes(bytes(LAYOUT.size))
        with file.open("r+b") as opened:
            self._map = mmap.mmap(opened.fileno(), LAYOUT.size)
        self._lock = threading.Lock()

    def add(self, *, hops: int = 0, threads: int = 0) -> None:
        """Count them."""
        with self._lock:
            before = LAYOUT.unpack_from(self._map)
            LAYOUT.pack_into(self._map, 0, before[0] + hops, before[1] + threads)


def _counted(function: Callable[..., Any], count: Callable[[], None]) -> Callable[..., Any]:
    def counted(*arguments: Any, **keywords: Any) -> Any:
        count()
        return function(*arguments, **keywords)

    return counted


def _install(folder: Path) -> None:
    counters = Counters(folder / f"{os.getpid()}.counts")

    def hop() -> None:
        counters.add(hops=1)

    def thread() -> None:
        counters.add(threads=1)

    # asgiref, asyncio.to_thread and uvloop all hand work over with `submit`; anyio has threads of its own.
    pool = concurrent.futures.thread.ThreadPoolExecutor
    pool.submit = _counted(pool.submit, hop)  # type: ignore[method-assign]
    threading.Thread.start = _counted(threading.Thread.start, thread)  # type: ignore[method-assign]
    _count_anyio(hop)
    _count_asgiref(hop)


def _count_anyio(hop: Callable[[], None]) -> None:
    try:
        from anyio._backends._asyncio import AsyncIOBackend
    except ImportError:
        return
    run = AsyncIOBackend.run_sync_in_worker_thread.__func__  # type: ignore[attr-defined]
    AsyncIOBackend.run_sync_in_worker_thread = classmethod(_counted(run, hop))  # type: ignore[method-assign,assignment]


def _count_asgiref(hop: Callable[[], None]) -> None:
    """The way back: a thread that waits for the loop runs what the loop's sync_to_async hands to it."""
    try:
        from asgiref.current_thread_executor import CurrentThreadExecutor
    except ImportError:
        return
    CurrentThreadExecutor.submit = _counted(CurrentThreadExecutor.submit, hop)  # type: ignore[method-assign]


if FOLDER:
    _install(Path(FOLDER))
