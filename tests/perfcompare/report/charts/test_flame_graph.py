from __future__ import annotations

from xml.etree import ElementTree

from perfcompare.report.charts import flame_graph
from tests.perfcompare.report.hostile import HOSTILE

TREE = {
    "name": "asgi",
    "file": "config/profiled.py:1",
    "seconds": 2.0,
    "children": [
        {"name": "view", "file": "views.py:2", "seconds": 1.5, "children": []},
        {"name": "tiny", "file": "x.py:3", "seconds": 0.000001, "children": []},
    ],
}
SVG = "{http://www.w3.org/2000/svg}"


def test_a_width_is_a_share_of_the_time() -> None:
    whole, view = flame_graph.frames(TREE)

    assert (whole.share, whole.depth, view.share, view.depth) == (1.0, 0, 0.75, 1)


def test_what_is_too_narrow_is_left_out() -> None:
    assert [frame.name for frame in flame_graph.frames(TREE)] == ["asgi", "view"]


def test_an_empty_profile_draws_nothing() -> None:
    assert flame_graph.frames({}) == []


def test_the_heaviest_functions_come_first() -> None:
    assert [frame.name for frame in flame_graph.heaviest(flame_graph.frames(TREE))] == ["asgi", "view"]


def test_names_are_text() -> None:
    drawn = flame_graph.drawing(flame_graph.frames({"name": HOSTILE, "file": HOSTILE, "seconds": 1.0}), HOSTILE)

    assert "<script" not in drawn
    assert ElementTree.fromstring(drawn).get("role") == "img"  # noqa: S314 - our own
