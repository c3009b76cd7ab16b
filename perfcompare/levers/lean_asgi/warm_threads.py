"""Warm threads for the synchronous code of requests: a request takes one at its first need, alone, and gives it back.

asgiref runs the synchronous code of a ThreadSensitiveContext on one thread, which it starts for each context and joins
at its end. It keeps the executor of each context in `SyncToAsync.context_to_thread_executor`, in every version that the
lever is for. Here one context serves the whole process, and its executor finds the thread of whichever request asks.
"""

from __future__ import annotations

import itertools
import logging
import os
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextvars import ContextVar
from typing import Any, Final

from django.db import connections

from perfcompare.levers._handling import lifecycle
from perfcompare.levers._handling.connections import tidy

logger: Final = logging.getLogger("django.request")

Job = Callable[[], Any]

_IDLE_S: Final = 60.0

_numbers: Final = itertools.count(1)


class Lane:
    """One warm thread."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix=f"request-{next(_numbers)}")
        self.idle_since = 0.0

    def run(self, job: Job) -> Future[Any]:
        """Run `job` after all that was handed over before."""
        return self._executor.submit(job)

    def end(self, *, wait: bool) -> None:
        """Close the thread's connections and end it."""
        self._executor.submit(_logged, connections.close_all)
        self._executor.shutdown(wait=wait)


class Lanes:
    """The idle threads; the one that was used last goes first, so that few connections stay open."""

    def __init__(self) -> None:
        self._idle: deque[Lane] = deque()
        os.register_at_fork(after_in_child=self._idle.clear)  # threads do not survive it

    def take(self) -> Lane:
        """A thread for one request alone; there are as many as requests need one at a time, as with Django."""
        try:
            return self._idle.pop()
        except IndexError:
            return Lane()

    def give_back(self, lane: Lane) -> None:
        """It is free; those that nobody needed for a minute end."""
        lane.idle_since = now = time.monotonic()
        self._idle.append(lane)
        while self._idle and now - self._idle[0].idle_since > _IDLE_S:
            self._idle.popleft().end(wait=False)

    def close(self) -> None:
        """End all idle threads, and wait for them."""
        while self._idle:
            self._idle.pop().end(wait=True)


lanes: Final = Lanes()


class Work:
    """The synchronous code of one request, and its thread if it has taken one."""

    __slots__ = ("_lane", "finished")

    def __init__(self) -> None:
        self._lane: Lane | None = None
        self.finished = False

    def listen(self) -> None:
        """Called before a synchronous view; a request with a client listens for that client's leaving."""

    def run(self, job: Job) -> Future[Any]:
        """Run `job` in the request's thread, or in some thread when a task outlived its request."""
        if self.finished:
            return _run_alone(job)
        if self._lane is None:
            self._lane = lanes.take()
            return self._lane.run(lambda: _tidied(job))
        return self._lane.run(job)

    @property
    def has_thread(self) -> bool:
        """Whether any synchronous code has run."""
        return self._lane is not None

    def finish(self) -> None:
        """Tidy the thread's connections and give it back; nobody waits for that."""
        self.finished = True
        if self._lane is not None:
            lane, self._lane = self._lane, None
            lane.run(lambda: _logged(_tidy, lifecycle.finished))
            lanes.give_back(lane)


def _run_alone(job: Job) -> Future[Any]:
    work = Work()
    future = work.run(job)
    work.finish()
    return future


def _tidied(job: Job) -> Any:
    _tidy(lifecycle.started)
    return job()


def _tidy(signal: lifecycle.Lifecycle) -> None:
    """What Django's own receivers do with this thread's connections, unless somebody disconnected them."""
    plan = signal.plan()
    tidy(reset=plan.resets_queries, close=plan.closes_connections)


def _logged(function: Callable[..., None], *args: object) -> None:
    try:
        function(*args)
    except Exception:
        logger.exception("The connections of a thread could not be tidied.")


current: Final[ContextVar[Work | None]] = ContextVar("current", default=None)
"""The work of the request in whose context this is."""


class CurrentLane(Executor):
    """Hands each job to the thread of the request that it belongs to."""

    def submit(self, fn: Callable[..., Any], /, *args: object, **kwargs: object) -> Future[Any]:
        """Called by asgiref in the context of the code that waits for `fn`."""
        work = current.get()
        return (_run_alone if work is None else work.run)(lambda: fn(*args, **kwargs))
