"""How much of a server process's time is the application's. The rest is the server's own."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from types import TracebackType
from typing import Final

PATH: Final = "/.perfcompare/meter"


class Meter:
    """A context in which the application runs. Requests at the same time count once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._running = 0
        self._begun_ns = self._application_ns = 0

    def __enter__(self) -> None:
        with self._lock:
            self._running += 1
            if self._running == 1:
                self._begun_ns = time.process_time_ns()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._running -= 1
            if not self._running:
                self._application_ns += time.process_time_ns() - self._begun_ns

    @contextmanager
    def paused(self) -> Iterator[None]:
        """While the application has called the server back."""
        self.__exit__(None, None, None)
        try:
            yield
        finally:
            self.__enter__()

    def answer(self) -> bytes:
        """CPU nanoseconds of the process and of the application, as JSON."""
        return json.dumps({"process": time.process_time_ns(), "application": self._application_ns}).encode()


METER: Final = Meter()
