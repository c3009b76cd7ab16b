"""A server under load while something happens to what it depends on."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain, repeat, takewhile
from random import Random
from typing import Final

from perfcompare.core.dataset import Dataset
from perfcompare.core.http import Expected
from perfcompare.core.limits import MAX_LIMIT
from perfcompare.registries import scenarios
from perfcompare.runner.processes import ServerProcess
from perfcompare.runner.sender import Batch, Ready, Sender, ready
from tests.waiting import until

logger = logging.getLogger(__name__)

UNAVAILABLE: Final = "status 503"
"""What a batch says of such an answer."""
_BATCH_S: Final = 0.2
_CLEAN: Final = 3
_ENOUGH: Final = 20
"""So many batches in a row without a wrong answer, and so many right ones in them, are a recovery. A slow stack answers
its clients all at once, and nobody in the next batches."""

_PAGE: Final = 20
"""Users on a page. The traffic writes users, and `adrf` needs 1.3 ms of CPU for each on a page: with longer pages its
rate, not its recovery, would be tested."""


@dataclass
class Load:
    """What the clients of one server have been answered so far."""

    batches: list[Batch] = field(default_factory=list)

    @property
    def failures(self) -> Counter[str]:
        """Everything that was no right answer, and how often."""
        return sum((batch.failures for batch in self.batches), Counter[str]())

    @property
    def answers(self) -> int:
        """Right ones."""
        return sum(batch.answers for batch in self.batches)

    def settle(self) -> None:
        """Wait until all answers are right, and forget what was before."""
        self.recover(60.0)
        self.batches.clear()

    def recover(self, seconds: float) -> None:
        """Wait until all answers to what was asked from now on are right; AssertionError after so many seconds."""
        since = time.monotonic()
        until(lambda: self._clean(since), seconds)

    def _clean(self, since: float) -> bool:
        later = [*takewhile(lambda batch: batch.began_s > since and not batch.failures, reversed(self.batches))]
        return len(later) >= _CLEAN and sum(batch.answers for batch in later) >= _ENOUGH


@contextmanager
def loaded(process: ServerProcess, requests: Iterator[Ready], *, connections: int) -> Iterator[Load]:
    """Clients on so many connections, each of which asks again after an answer, until the end of the block."""
    load = Load()
    try:
        with (
            Sender(process.host, process.port, connections) as sender,
            repeated(lambda: load.batches.append(sender.closed(requests, seconds=_BATCH_S))),
        ):
            yield load
    finally:
        logger.info("%s right answers, and %s", load.answers, dict(load.failures) or "no other")


@contextmanager
def repeated(step: Callable[[], None]) -> Iterator[None]:
    """Do this again and again in a thread, until the end of the block. Its error is raised there."""
    over = threading.Event()

    def repeat_until_over() -> None:
        while not over.is_set():
            step()

    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(repeat_until_over)
        try:
            yield
        finally:
            over.set()
        running.result()


def traffic(process: ServerProcess, names: Sequence[str], dataset: Dataset) -> Iterator[Ready]:
    """The traffic of these scenarios in turn, with statuses alone: what one of them writes is in others' answers."""
    streams = [scenarios[name].traffic(dataset, Random()) for name in names]
    for stream in chain.from_iterable(repeat(streams)):
        exchange = next(stream)
        expected = Expected(status=exchange.expected.status)
        path = process.prefix + exchange.request.path.replace(f"limit={MAX_LIMIT}", f"limit={_PAGE}")
        yield ready(process.host, process.port, path, exchange.request, expected)
