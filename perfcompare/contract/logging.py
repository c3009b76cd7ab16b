"""Logs one warning a minute, not one per request, when an optional part is down."""

from __future__ import annotations

import logging
import time


class OnceAMinute(logging.Filter):
    """Passes the first record of each logger, then none for a minute."""

    def __init__(self) -> None:
        super().__init__()
        self._next: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether `record` is its logger's first within a minute."""
        now = time.monotonic()
        if now < self._next.get(record.name, 0.0):
            return False
        self._next[record.name] = now + 60.0
        return True


class CacheAway(logging.Formatter):
    """The warning as one line. django-redis logs the exception with its traceback, and no text."""

    def format(self, record: logging.LogRecord) -> str:
        """The message with its reason."""
        reason = record.exc_info[1] if record.exc_info else record.getMessage()
        return f"The cache is unavailable, answering without it: {reason}"
