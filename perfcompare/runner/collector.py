"""Spreads full collections of garbage evenly over requests.

A full collection comes after a fixed number of younger ones. So every younger one is charged its part: the cost of all
full collections of that server, divided by the number of younger ones. The sum stays the same, and a window no longer
depends on whether a full collection falls into it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from perfcompare.core.collector import FIELDS, SIZE

_FORMAT: Final = f"={FIELDS}q"


@dataclass(frozen=True)
class Collections:
    """What the garbage collector has done."""

    younger: int = 0
    """Collections that were not full."""
    full_ns: int = 0
    """CPU time of full ones."""

    def __add__(self, other: Self) -> Collections:
        return Collections(self.younger + other.younger, self.full_ns + other.full_ns)

    def __sub__(self, other: Self) -> Collections:
        return Collections(self.younger - other.younger, self.full_ns - other.full_ns)

    def charged(self, known: Self) -> float:
        """Nanoseconds of full collections that these younger ones bring nearer, where those of `known` did so."""
        return self.younger * known.full_ns / known.younger if known.younger else float(self.full_ns)


def read(folder: Path) -> Collections:
    """The work of all collectors that write into `folder`; empty when none does."""
    return sum((_read(path) for path in folder.iterdir()), Collections())


def _read(path: Path) -> Collections:
    content = path.read_bytes()
    # its process may just have made it
    return Collections(*struct.unpack(_FORMAT, content)) if len(content) == SIZE else Collections()
