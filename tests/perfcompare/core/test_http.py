from __future__ import annotations

import json

import pytest

from perfcompare.core.http import ANYTHING, Expected, Reply, json_difference


def reply(value: object, status: int = 200, **headers: str) -> Reply:
    return Reply(
        status=status, headers={"content-type": "application/json", **headers}, body=json.dumps(value).encode()
    )


def test_the_same_json_in_another_order_is_right() -> None:
    assert Expected(json={"a": 1, "b": [True, None]}).difference(reply({"b": [True, None], "a": 1})) is None


@pytest.mark.parametrize(
    ("wanted", "got", "where"),
    [
        ({"a": 1}, {"a": 1.0}, "$.a"),
        ({"a": 1}, {"a": True}, "$.a"),
        ({"a": 1}, {"a": 2}, "$.a"),
        ({"a": 1}, {"a": 1, "b": 2}, "keys"),
        ({"a": 1}, {}, "keys"),
        ([1, 2], [2, 1], "$[0]"),
        ([1, 2], [1], "1 elements instead of 2"),
        ({"a": {"b": ["x"]}}, {"a": {"b": ["y"]}}, "$.a.b[0]"),
        ({"a": None}, {"a": 0}, "$.a"),
    ],
)
def test_a_different_json_is_named_by_its_place(wanted: object, got: object, where: str) -> None:
    difference = json_difference(wanted, got)
    assert difference is not None
    assert where in difference


def test_anything_stands_for_any_value_but_not_for_a_missing_key() -> None:
    assert json_difference({"id": ANYTHING}, {"id": 7}) is None
    assert json_difference({"id": ANYTHING}, {}) is not None


def test_another_status_is_wrong_and_shows_the_body() -> None:
    difference = Expected(json={}).difference(reply({"detail": "no"}, status=404))
    assert difference is not None
    assert "status 404 instead of 200" in difference
    assert "no" in difference


def test_html_is_wrong() -> None:
    page = Reply(status=200, headers={"content-type": "text/html"}, body=b"{}")
    assert "text/html" in (Expected(json={}).difference(page) or "")


def test_a_body_that_is_no_json_is_wrong() -> None:
    broken = Reply(status=200, headers={"content-type": "application/json"}, body=b"{")
    assert "not JSON" in (Expected().difference(broken) or "")


def test_a_missing_word_in_a_header_is_wrong() -> None:
    expected = Expected(status=405, headers={"allow": "GET, POST"})
    assert "lacks" in (expected.difference(reply({"detail": "x"}, status=405, allow="GET")) or "")
    assert expected.difference(reply({"detail": "x"}, status=405, allow="POST, HEAD, GET")) is None


def test_an_error_needs_a_detail() -> None:
    assert "detail" in (Expected(status=404).difference(reply({"error": "x"}, status=404)) or "")


@pytest.mark.parametrize(
    "errors", [{}, {"name": []}, {"name": ["x"], "email": ["y"]}, {"name": "x"}, None, {"name": [1]}]
)
def test_a_422_names_exactly_the_fields_at_fault(errors: object) -> None:
    expected = Expected(status=422, fields=frozenset({"name"}))
    assert expected.difference(reply({"detail": "x", "errors": errors}, status=422)) is not None
    assert expected.difference(reply({"detail": "x", "errors": {"name": ["bad"]}}, status=422)) is None
