"""One event loop in a thread of the process, for the asynchronous code of WSGI requests."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from typing import Any, Final

from asgiref.sync import SyncToAsync, async_to_sync

from perfcompare.levers._locks import fork_safe_lock


class BackgroundLoop:
    """Started at its first use, in each process anew: threads do not survive a fork."""

    def __init__(self) -> None:
        self._lock = fork_safe_lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._pid = 0

    def get(self) -> asyncio.AbstractEventLoop:
        """The running loop."""
        with self._lock:
            if self._loop is None or self._pid != os.getpid():
                self._loop, self._pid = asyncio.new_event_loop(), os.getpid()
                threading.Thread(target=self._loop.run_forever, name="asynchronous views", daemon=True).start()
            return self._loop


_background: Final = BackgroundLoop()


def on_background_loop(function: Callable[..., Any]) -> Callable[..., Any]:
    """A synchronous callable that runs the asynchronous `function` on the process's loop and waits for it.

    It is `async_to_sync` in a thread that is told of that loop as if it had come from there, which is how asgiref
    finds the loop to run on. Meanwhile this thread runs the synchronous code that `function` waits for.
    """
    call = async_to_sync(function)

    def run(*args: object, **kwargs: object) -> Any:
        if asyncio._get_running_loop() is not None:
            return call(*args, **kwargs)  # which says what is wrong
        thread = SyncToAsync.threadlocal
        before = {name: getattr(thread, name, None) for name in _NAMES}
        thread.main_event_loop, thread.main_event_loop_pid = _background.get(), os.getpid()
        thread.task_context = None
        try:
            return call(*args, **kwargs)
        finally:
            vars(thread).update(before)

    return run


_NAMES: Final = ("main_event_loop", "main_event_loop_pid", "task_context")
