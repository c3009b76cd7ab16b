"""A flame graph as inline SVG: each function's width is its share of the time, what it called stands below it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement, tostring

from django.utils.safestring import SafeString, mark_safe

from perfcompare.report.data.formatting import printable

WIDTH: Final = 1200.0
HEIGHT: Final = 20
LETTER: Final = 6.6
"""How wide a letter is, about; what does not fit is cut."""
NARROWEST: Final = 1.5
"""Functions that would be narrower are left out."""


@dataclass(frozen=True, kw_only=True)
class Frame:
    """One function in its place."""

    name: str
    place: str
    """File and line."""
    seconds: float
    share: float
    """Of the whole time."""
    left: float
    depth: int


def frames(tree: Mapping[str, Any]) -> list[Frame]:
    """The functions of a stored profile that are wide enough to be seen, from the top; none for an empty profile."""
    seconds = float(tree.get("seconds") or 0.0)
    return list(_walk([tree], 0.0, 0, seconds)) if seconds > 0 else []


def heaviest(found: Sequence[Frame], count: int = 25) -> list[Frame]:
    """Those with the largest share, as a table: what cannot see a drawing reads these."""
    return sorted(found, key=lambda frame: frame.seconds, reverse=True)[:count]


def drawing(found: Sequence[Frame], title: str) -> SafeString:
    """The graph; a pointer over a function shows its whole name."""
    height = (max((frame.depth for frame in found), default=0) + 1) * HEIGHT
    root = Element(
        "svg", {"class": "flame", "viewBox": f"0 0 {WIDTH:g} {height}", "role": "img", "aria-label": printable(title)}
    )
    for frame in found:
        group = SubElement(root, "g")
        SubElement(group, "title").text = printable(
            f"{frame.name} ({frame.place}): {frame.seconds * 1000:.2f} ms, {frame.share:.1%}"
        )
        width, top = frame.share * WIDTH, frame.depth * HEIGHT
        place = {"x": f"{frame.left * WIDTH:.1f}", "y": str(top), "width": f"{width:.1f}", "height": str(HEIGHT - 1)}
        SubElement(group, "rect", {**place, "class": f"f{_tone(frame)}"})
        letters = int((width - 6) / LETTER)
        if letters > 2:
            text = SubElement(group, "text", {"x": f"{frame.left * WIDTH + 3:.1f}", "y": str(top + 14)})
            text.text = printable(frame.name if len(frame.name) <= letters else f"{frame.name[: letters - 1]}…")
    # The tree holds every name as text, so writing it out escapes them.
    return mark_safe(tostring(root, encoding="unicode"))  # noqa: S308


def _walk(siblings: Sequence[Mapping[str, Any]], left: float, depth: int, whole: float) -> Iterator[Frame]:
    for one in siblings:
        seconds = float(one.get("seconds") or 0.0)
        share = seconds / whole
        if share * WIDTH >= NARROWEST:
            yield Frame(
                name=str(one.get("name", "")),
                place=str(one.get("file", "")),
                seconds=seconds,
                share=share,
                left=left,
                depth=depth,
            )
            yield from _walk(one.get("children", ()), left, depth + 1, whole)
        left += share


def _tone(frame: Frame) -> int:
    """One colour for each file, the same in every graph."""
    return sum(map(ord, frame.place.partition(":")[0])) % 6
