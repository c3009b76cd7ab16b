"""Which caches this lever leaves to the stock back end, and why."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Final

from django.conf import settings

_log: Final = logging.getLogger("perfcompare.levers")
_said: Final[dict[str, None]] = {}


def leave(location: object, path: str, why: str) -> None:
    """Note that the cache at `location` stays what it was, and say so once."""
    names = (name for name, cache in settings.CACHES.items() if cache.get("LOCATION") == location)
    sentence = f"off for the cache {next(names, None)!r}, which stays {path}: {why}."
    if sentence not in _said:
        _said[sentence] = None
        _log.warning("cached_bytes is %s", sentence)


def sentences() -> Iterable[str]:
    """What has been noted."""
    return tuple(_said)
