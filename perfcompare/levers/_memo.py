"""A small memory of bytes and what was made of them."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final

MAX_ENTRIES: Final = 256


class Memo:
    """Remembers up to MAX_ENTRIES results; the one that was put in first goes first.

    A key finds the entry and one comparison confirms it: hashing all of a large text, which comes from the network as a
    new object each time, would cost more than the rest of the look-up.
    """

    def __init__(self) -> None:
        self._entries: dict[Hashable, tuple[bytes, bytes]] = {}

    def get(self, key: Hashable, raw: bytes) -> bytes | None:
        """What was put in for `raw`."""
        entry = self._entries.get(key)
        return entry[1] if entry is not None and entry[0] == raw else None

    def put(self, key: Hashable, raw: bytes, made: bytes) -> None:
        """Remember `made` for `raw`."""
        if len(self._entries) >= MAX_ENTRIES:
            # Another thread may have been faster.
            self._entries.pop(next(iter(self._entries)), None)
        self._entries[key] = (raw, made)


def ends(raw: bytes) -> Hashable:
    """A key for bytes that have no other."""
    return len(raw), raw[:64], raw[-64:]
