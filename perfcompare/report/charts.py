"""Bars as inline SVG, drawn by pygal; colours and fonts come from the page's style sheet and follow its theme."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from xml.etree.ElementTree import Element, SubElement, tostring

import pygal  # type: ignore[import-untyped]
from django.utils.safestring import SafeString, mark_safe
from pygal.style import Style  # type: ignore[import-untyped]

from perfcompare.core.statistics import Interval

# pygal 3.1 leaves a finder of a protocol that Python 3.12 dropped behind, for maps; Python 3.11 warns at every import.
sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, pygal.PluginImportFixer)]

WIDTH: Final = 500
"""Units of the drawing, about pixels; the page scales it to its column."""
ROW_HEIGHT: Final = 40
AXIS_HEIGHT: Final = 38
FONT_SIZE: Final = 13
GAP: Final = 0.36
"""The share of a row above and below its bar, where the name is written."""
LIFT: Final = 18
"""How far above the middle of its bar the name is written."""
UNWANTED: Final = {"defs", "desc", "title"}
"""Elements that pygal adds for its script, which the page does not load."""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar, with its name and its figures in words above it."""

    name: str
    figure: str
    ratio: str = ""
    """Beside the figure, and instead of it where there is little room."""
    value: float
    interval: Interval | None = None
    reference: bool = False


def bars(title: str, rows: Sequence[Bar]) -> SafeString:
    """Horizontal bars from the top down; `title` says for those who cannot see it what is drawn."""
    chart = _chart(len(rows))
    top = max([row.value for row in rows] + [row.interval.high for row in rows if row.interval])
    chart.range = (0, top or 1)
    chart.add(None, [_value(row) for row in reversed(rows)])
    chart.add_xml_filter(lambda root: _finished(root, title))
    # pygal's tree holds every name as text, so writing it out escapes them.
    return mark_safe(tostring(chart.render_tree(), encoding="unicode"))  # noqa: S308


def _chart(rows: int) -> Any:
    style = Style(value_font_size=FONT_SIZE, label_font_size=FONT_SIZE, major_label_font_size=FONT_SIZE)
    chart = pygal.HorizontalBar(
        width=WIDTH,
        height=ROW_HEIGHT * rows + AXIS_HEIGHT,
        margin=2,
        margin_top=8,
        style=style,
        css=(),
        js=(),
        classes=("chart",),
        no_prefix=True,
        show_legend=False,
        print_values=True,
        print_values_position="bottom",
        max_scale=6,
        rounded_bars=2,
    )
    chart._series_margin = GAP
    return chart


def _value(row: Bar) -> dict[str, Any]:
    value = {
        "value": row.value,
        "node": {"class": "bar reference" if row.reference else "bar"},
        "formatter": lambda _value: f"{row.name}\n{row.figure}\n{row.ratio}",
    }
    if row.interval:
        value["ci"] = {"low": row.interval.low, "high": row.interval.high}
    return value


def _finished(root: Element, title: str) -> Element:
    """The drawing without what belongs to pygal's script, readable aloud, names left and figures right."""
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag in UNWANTED or not isinstance(child.tag, str) or "tooltip" in child.get("class", ""):
                parent.remove(child)
    root.attrib.pop("id", None)
    root.attrib.update({"role": "img", "aria-label": title})
    for overlay in root.iterfind(".//g[@class='plot text-overlay']/g"):
        for text in list(overlay.iterfind("text")):
            _split(overlay, text)
    return root


def _split(overlay: Element, text: Element) -> None:
    name, figure, ratio = (text.text or "").split("\n")
    height = str(float(text.get("y", "0")) - LIFT)
    text.attrib.update({"x": "10", "y": height, "class": "name", "text-anchor": "start"})
    text.text = name
    right = Element("text", {"x": str(WIDTH - 14), "y": height, "class": "figure", "text-anchor": "end"})
    overlay.insert(list(overlay).index(text) + 1, right)
    if ratio:
        SubElement(right, "tspan", {"class": "spare"}).text = f"{figure} · "
    SubElement(right, "tspan").text = ratio or figure
