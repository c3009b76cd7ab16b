from __future__ import annotations

from typing import Any

import pytest

from tests.projects.inside.altering import alter


@pytest.mark.parametrize(
    ("body", "place", "after"),
    [
        ({"a": 1, "b": "x"}, "$.b", {"a": 1, "b": "not x"}),
        ([{"a": 1}, {"a": {"b": [1, None]}}], "$[1].a.b[1]", [{"a": 1}, {"a": {"b": [1, "not None"]}}]),
        ({"a": []}, "$.a", {"a": "not []"}),
    ],
)
def test_one_field_is_another(body: Any, place: str, after: Any) -> None:
    assert alter(body) == place
    assert body == after
