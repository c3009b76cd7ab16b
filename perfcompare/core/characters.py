"""Text from elsewhere: characters that steer a terminal, reorder a line, make XML invalid or end a span of Markdown."""

from __future__ import annotations

from typing import Final

_KEPT: Final = frozenset("\t\n\r")
_CONTROLS: Final = {*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0))} - _KEPT
_DIRECTIONS: Final = {*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}
_SHOWN: Final = str.maketrans(dict.fromkeys(_CONTROLS | _DIRECTIONS, "\N{REPLACEMENT CHARACTER}"))


def without_controls(text: str) -> str:
    """The text with a replacement character in the place of each. Tabs and ends of lines stay."""
    return text.translate(_SHOWN)


def printable(text: str) -> str:
    """The text on one line and without characters that steer a terminal."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else " " for letter in text)


def code(text: str) -> str:
    """The text as a code span, in which neither markup nor mentions work; what would end it or a table is replaced."""
    shown = printable(text).replace("`", "'").replace("|", "\N{BROKEN BAR}").strip()
    return f"`{shown}`" if shown else "` `"


def table_cell(text: str) -> str:
    """The text in a cell of a Markdown table, with its markup; only what would end the cell is replaced."""
    return text.replace("|", "\\|").replace("\n", " ")
