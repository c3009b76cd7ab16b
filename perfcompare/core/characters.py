"""Characters that nobody sees, and that steer a terminal, reorder a line or make XML invalid."""

from __future__ import annotations

from typing import Final

_KEPT: Final = frozenset("\t\n\r")
_CONTROLS: Final = {*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0))} - _KEPT
_DIRECTIONS: Final = {*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}
_SHOWN: Final = str.maketrans(dict.fromkeys(_CONTROLS | _DIRECTIONS, "\N{REPLACEMENT CHARACTER}"))


def without_controls(text: str) -> str:
    """The text with a replacement character in the place of each. Tabs and ends of lines stay."""
    return text.translate(_SHOWN)
