from __future__ import annotations

import importlib
import sys
from xml.etree import ElementTree

import pytest
from pygal.etree import etree  # type: ignore[import-untyped]

from perfcompare.core.statistics import Interval
from perfcompare.report.charts import plots, svg
from perfcompare.report.charts.shapes import Bar, Line
from tests.perfcompare.report.lines import stretches

SVG = "{http://www.w3.org/2000/svg}"


def drawn(*rows: Bar) -> ElementTree.Element:
    return ElementTree.fromstring(plots.bars("a title", rows))  # noqa: S314 - our own


def rectangles(root: ElementTree.Element) -> list[tuple[float, float]]:
    """Top and width of each bar, from the top down."""
    bars = [one for one in root.iter(f"{SVG}rect") if "bar" in one.attrib["class"].split()]
    return sorted((float(one.attrib["y"]), float(one.get("width", 0))) for one in bars)


def test_bars_are_as_long_as_their_values_from_the_top_down() -> None:
    rows = [Bar(name=str(value), figure="", value=value) for value in (1.0, 3.0, 2.0)]

    widths = [width for _top, width in rectangles(drawn(*rows))]

    assert [width / widths[0] for width in widths] == pytest.approx([1.0, 3.0, 2.0], rel=1e-3)


def test_bars_are_drawn_where_lxml_is_installed() -> None:
    importlib.import_module("lxml.etree")
    assert rectangles(drawn(Bar(name="x", figure="", value=1.0)))


def test_names_and_figures_are_text_beside_their_bars() -> None:
    root = drawn(Bar(name="DRF", figure="310 µs", ratio="3.10x", value=3.1), Bar(name="x", figure="1 µs", value=1))

    texts = ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]

    assert {"DRF", "310 µs · 3.10x", "x", "1 µs"} <= set(texts)


def test_a_name_stands_above_its_own_bar() -> None:
    root = drawn(Bar(name="first", figure="", value=1.0), Bar(name="second", figure="", value=2.0))

    names = {text.text: float(text.attrib["y"]) for text in root.iter(f"{SVG}text") if text.get("class") == "name"}
    (first, _), (second, _) = rectangles(root)

    assert first - plots.ROW_HEIGHT / 2 < names["first"] <= first < names["second"] <= second


def test_a_long_name_keeps_its_end_and_is_whole_for_the_pointer() -> None:
    name = f"GET /api/v1/{'long/' * 20}hosts/"

    (text,) = [
        one for one in drawn(Bar(name=name, figure="9", value=1.0)).iter(f"{SVG}text") if "name" in one.get("class", "")
    ]

    assert text.text is not None
    assert text.text.startswith("GET /api")
    assert text.text.endswith("long/hosts/")
    assert len(text.text) == svg.NARROW - 1
    assert text.findtext(f"{SVG}title") == name


def test_an_interval_is_drawn_where_there_is_one() -> None:
    interval = Interval(low=1.0, middle=2.0, high=4.0)

    with_one = plots.bars("t", [Bar(name="a", figure="", value=2.0, interval=interval)])

    assert 'class="ci"' in with_one
    assert 'class="ci"' not in plots.bars("t", [Bar(name="a", figure="", value=2.0)])


def test_an_interval_fits_into_the_drawing() -> None:
    root = drawn(Bar(name="a", figure="", value=2.0, interval=Interval(low=1.0, middle=2.0, high=9.0)))

    ((_top, width),) = rectangles(root)

    assert width / plots.WIDTH < 2.0 / 8.5


def test_the_reference_is_marked() -> None:
    assert 'class="bar reference"' in plots.bars("t", [Bar(name="a", figure="", value=1.0, kind="reference")])


def test_markup_in_names_is_text() -> None:
    drawing = plots.bars("<b>\"'", [Bar(name="<script>x</script>", figure="&", value=1.0)])

    assert "<script" not in drawing
    assert "&lt;script&gt;x" in drawing
    ElementTree.fromstring(drawing)  # noqa: S314 - our own


def test_the_drawing_asks_for_nothing_and_can_be_read_aloud() -> None:
    root = drawn(Bar(name="a", figure="", value=1.0))

    assert not {"script", "style", "image"} & {one.tag.removeprefix(SVG) for one in root.iter()}
    assert (root.get("role"), root.get("aria-label"), root.get("id")) == ("img", "a title", None)


def test_the_same_bars_make_the_same_drawing() -> None:
    bar = Bar(name="a", figure="", value=1.0)

    assert plots.bars("t", [bar]) == plots.bars("t", [bar])


def test_nothing_but_zeros_can_be_drawn() -> None:
    assert rectangles(drawn(Bar(name="a", figure="", value=0.0)))[0][1] == pytest.approx(0.0)


def test_a_line_has_a_gap_where_there_is_no_figure_and_a_dot_where_a_point_is_alone() -> None:
    points = ((1.0, 1.0), (2.0, 2.0), None, (4.0, 3.0), None, (6.0, 1.0), (7.0, 2.0))

    drawing = plots.lines("t", [Line(points=points)], across="a", up="b")

    assert [len(stretch) for stretch in stretches(drawing)] == [2, 2]
    assert drawing.count("<circle") == 1
    assert "tooltip" not in drawing


def test_nothing_known_at_all_can_be_drawn() -> None:
    drawing = plots.lines("t", [Line(points=(None, None))], across="a", up="b")

    assert (stretches(drawing), drawing.count("<circle")) == ([], 0)


def test_the_library_leaves_no_import_hook_behind() -> None:
    assert not [finder for finder in sys.meta_path if type(finder).__module__.startswith("pygal")]


def test_a_line_whose_points_are_at_one_place_has_a_rounded_tick_there() -> None:
    drawing = plots.lines("t", [Line(points=((482.0584186, 1.0), (482.0584186, 2.0)))], across="x", up="y")

    root = ElementTree.fromstring(drawing)  # noqa: S314 - our own
    assert "482.1" in ["".join(text.itertext()) for text in root.iter(f"{SVG}text")]


def test_pygal_draws_with_the_elements_of_the_standard_library() -> None:
    pytest.importorskip("lxml")

    assert not etree.lxml
