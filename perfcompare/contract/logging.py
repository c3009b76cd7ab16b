"""One warning, not one per request, when a part the answers can do without is away."""

from __future__ import annotations

import logging
import time


class OnceAMinute(logging.Filter):
    """Lets the first record of each logger pass, then none for a minute."""

    def __init__(self) -> None:
        super().__init__()
        self._next: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """True when `record` is the first of its logger within a minute."""
        now = time.monotonic()
        if now < self._next.get(record.name, 0.0):
            return False
        self._next[record.name] = now + 60.0
        return True


class CacheAway(logging.Formatter):
    """The warning as one line; django-redis logs the exception with its traceback and says nothing in words."""

    def format(self, record: logging.LogRecord) -> str:
        """The sentence, with the reason."""
        reason = record.exc_info[1] if record.exc_info else record.getMessage()
        return f"The cache is away, answering without it: {reason}"
