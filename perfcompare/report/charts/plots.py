"""Bars and lines as inline SVG, drawn by pygal; colours and fonts come from the page's style sheet and its theme."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any, Final
from xml.etree.ElementTree import tostring

import pygal  # type: ignore[import-untyped]
from django.utils.safestring import SafeString, mark_safe
from pygal.etree import etree  # type: ignore[import-untyped]
from pygal.style import Style  # type: ignore[import-untyped]

from perfcompare.report.charts import svg
from perfcompare.report.charts.shapes import Bar, Line

# pygal 3.1 leaves a finder of a protocol that Python 3.12 dropped behind, for maps; Python 3.11 warns at every import.
sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, pygal.PluginImportFixer)]

# The filters of `svg` work on the standard library's elements; pygal takes lxml wherever a project has it.
etree.to_etree()

WIDTH: Final = 500
"""Units of the drawing, about pixels; the page scales it to its column."""
ROW_HEIGHT: Final = 40
AXIS_HEIGHT: Final = 38
LINES_HEIGHT: Final = 300
FONT_SIZE: Final = 13
THOUSAND: Final = 1000
GAP: Final = 0.36
"""The share of a row above and below its bar, where the name is written."""


def bars(title: str, rows: Sequence[Bar]) -> SafeString:
    """Horizontal bars from the top down; `title` says for those who cannot see it what is drawn."""
    chart = pygal.HorizontalBar(
        height=ROW_HEIGHT * len(rows) + AXIS_HEIGHT,
        margin=2,
        margin_top=8,
        print_values=True,
        print_values_position="bottom",
        max_scale=6,
        **_common(),
    )
    chart._series_margin = GAP
    top = max([row.value for row in rows] + [row.interval.high for row in rows if row.interval])
    chart.range = (0, top or 1)
    chart.add(None, [_value(row) for row in reversed(rows)])
    chart.add_xml_filter(lambda root: svg.finished_bars(root, title, rows))
    # pygal's tree holds every name as text, so writing it out escapes them.
    return mark_safe(tostring(chart.render_tree(), encoding="unicode"))  # noqa: S308


def lines(title: str, series: Sequence[Line], *, across: str, up: str, marks: Sequence[float] = ()) -> SafeString:
    """Lines through points, with a gap where one is None.

    `across` and `up` name the axes, with the unit; `marks` are the numbers along the first.
    """
    chart = pygal.XY(
        height=LINES_HEIGHT,
        margin=6,
        margin_right=14,
        x_title=across,
        y_title=up,
        dots_size=3.5,
        max_scale=6,
        show_x_guides=False,
        allow_interruptions=True,
        x_value_formatter=_tick,
        value_formatter=_tick,
        **_common(),
    )
    chart.range = (0, max((point[1] for line in series for point in line.points if point), default=1) or 1)
    if marks:
        chart.x_labels = [{"value": mark, "label": f"{mark:g}"} for mark in marks]
    for line in series:
        chart.add(None, list(line.points))
    chart.add_xml_filter(lambda root: svg.finished_lines(root, title, series))
    return mark_safe(tostring(chart.render_tree(), encoding="unicode"))  # noqa: S308 - as above


def _tick(value: float) -> str:
    """A number along an axis: where all points are at one place, pygal makes that place a tick, with all its digits."""
    return f"{value:,.0f}" if abs(value) >= THOUSAND else f"{value:.4g}"


def _common() -> dict[str, Any]:
    style = Style(value_font_size=FONT_SIZE, label_font_size=FONT_SIZE, major_label_font_size=FONT_SIZE)
    return {
        "width": WIDTH,
        "style": style,
        "css": (),
        "js": (),
        "classes": ("chart",),
        "no_prefix": True,
        "show_legend": False,
    }


def _value(row: Bar) -> dict[str, Any]:
    value: dict[str, Any] = {"value": row.value, "node": {"class": "bar"}, "formatter": lambda _value: "x"}
    if row.interval:
        value["ci"] = {"low": row.interval.low, "high": row.interval.high}
    return value
