"""A lever for the time of a `with`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from perfcompare.levers._replacing import Installation


@contextmanager
def installed(installation: Installation, *parts: str) -> Iterator[None]:
    """All of it, or these parts."""
    installation.install(*parts)
    try:
        yield
    finally:
        installation.uninstall(*parts)
