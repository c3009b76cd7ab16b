"""Rewrites pygal's tree before it is written out: no scripts, one group for each row, short numbers.

A row is a group of its own so that the page's filters can hide it and move the others up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from xml.etree.ElementTree import Element, SubElement

from perfcompare.report.charts.shapes import Bar, Line

LIFT: Final = 18
"""How far above the middle of its bar a name is written."""
LEFT: Final = "10"
MARGIN: Final = 14
WIDE: Final = 60
"""Letters that a row has room for."""
NARROW: Final = 50
"""The same on a phone, where letters are larger."""
UNWANTED: Final = {"defs", "desc", "title"}
"""Elements that pygal adds for its script, which the page does not load."""
COORDINATES: Final = ("d", "x", "y", "width", "height", "cx", "cy", "transform")
_LONG: Final = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")


def finished_bars(root: Element, title: str, rows: Sequence[Bar]) -> Element:
    """The bars with their names left and their figures right of the room above them."""
    _clean(root, title)
    plot = next(root.iterfind(".//g[@class='plot']"))
    drawn = list(root.iterfind(".//g[@class='bar']"))
    texts = list(root.iterfind(".//g[@class='plot text-overlay']/g/text"))
    whiskers = iter(list(root.iterfind(".//g[@class='ci']")))
    group = Element("g", {"class": "rows", "transform": plot.get("transform", "")})
    width = float(root.get("viewBox", "").split()[2])
    for row, bar, text in zip(reversed(rows), drawn, texts, strict=True):
        group.insert(0, _row(row, bar[0], float(text.get("y", "0")) - LIFT, width))
        if row.interval:
            group[0].append(next(whiskers))
    if any(row.link for row in rows):
        root.set("role", "group")  # what is inside an image cannot be reached by keyboard
    _replace(root, group)
    _shorten(root)
    return root


def finished_lines(root: Element, title: str, series: Sequence[Line]) -> Element:
    """The lines, each a group that says which one it is."""
    _clean(root, title)
    for number, line in enumerate(series):
        for part in root.iterfind(f".//g[@class='series serie-{number} color-{number}']"):
            part.set("class", f"line s{number % 10}")
            _mark(part, line.data)
            _leave_lonely(part, line)
    _shorten(root)
    return root


def _leave_lonely(part: Element, line: Line) -> None:
    """Of the dots, leave those of points between two gaps, through which no line goes."""
    points = [None, *line.points, None]
    lonely = [
        before is None and after is None
        for before, point, after in zip(points, points[1:], points[2:], strict=False)
        if point is not None
    ]
    for dots, alone in zip(part.findall("g[@class='dots']"), lonely, strict=False):
        if not alone:
            part.remove(dots)
        for circle in dots.iter("circle"):
            circle.set("class", "dot")


def _row(row: Bar, bar: Element, height: float, width: float) -> Element:
    group = Element("g", {"class": "row"})
    _mark(group, row.data)
    group.extend(_pieces(row, bar))
    place = SubElement(group, "a", {"href": row.link}) if row.link else group
    name = SubElement(place, "text", {"class": "name", "x": LEFT, "y": str(height), "text-anchor": "start"})
    name.text = _fitting(row)
    if name.text != row.name:
        SubElement(name, "title").text = row.name
    right = {"class": "figure", "x": str(width - MARGIN), "y": str(height), "text-anchor": "end"}
    figure = SubElement(group, "text", right)
    if row.ratio:
        SubElement(figure, "tspan", {"class": "spare"}).text = f"{row.figure} · "
    SubElement(figure, "tspan").text = row.ratio or row.figure
    return group


def _fitting(row: Bar) -> str:
    """The name, cut so that it does not reach the figures; on a phone letters are larger and the ratio stands alone.

    It is cut before its end, which tells URLs apart.
    """
    room = min(WIDE - len(row.figure) - len(row.ratio), NARROW - len(row.ratio or row.figure))
    begin = room // 3
    return row.name if len(row.name) <= room else f"{row.name[:begin]}…{row.name[begin + 1 - room :]}"


def _pieces(row: Bar, bar: Element) -> Iterator[Element]:
    """The rectangle of the bar, or one for each of its parts."""
    left, length = float(bar.get("x", "0")), float(bar.get("width", "0"))
    begin = row.start
    for number, part in enumerate(row.parts or (row.value - row.start,)):
        scale = length / row.value if row.value else 0.0
        classes = f"bar p{number}" if row.parts else f"bar {row.kind}"
        place = {"x": str(left + begin * scale), "width": str(part * scale), "class": classes}
        piece = Element("rect", {**{name: bar.get(name, "0") for name in ("y", "height")}, **place, "rx": "2"})
        if row.names:
            SubElement(piece, "title").text = row.names[number]
        yield piece
        begin += part


def _replace(root: Element, rows: Element) -> None:
    graph = next(root.iterfind("g"))
    for overlay in [one for one in graph if "overlay" in one.get("class", "")]:
        graph.remove(overlay)
    plot = next(graph.iterfind("g[@class='plot']"))
    for series in [one for one in plot if "series" in one.get("class", "")]:
        plot.remove(series)
    graph.append(rows)


def _clean(root: Element, title: str) -> None:
    for parent in list(root.iter()):
        for child in list(parent):
            tooltip = "tooltip" in child.get("class", "") and child.tag != "circle"
            if child.tag in UNWANTED or not isinstance(child.tag, str) or tooltip:
                parent.remove(child)
    root.attrib.pop("id", None)
    root.attrib.update({"role": "img", "aria-label": title})


def _mark(element: Element, data: Mapping[str, str]) -> None:
    element.attrib.update({f"data-{name}": value for name, value in data.items()})


def _shorten(root: Element) -> None:
    """A tenth of a pixel is finer than any screen; pygal writes sixteen digits."""
    for element in root.iter():
        for name in COORDINATES:
            if name in element.attrib:
                element.set(
                    name,
                    _LONG.sub(
                        lambda found: f"{float(found.group()):.1f}".rstrip("0").rstrip("."), element.attrib[name]
                    ),
                )
