from __future__ import annotations

import pytest

from perfcompare.core.content_type import without_parameters


@pytest.mark.parametrize(
    ("value", "left"),
    [
        ("", ""),
        ("application/json", "application/json"),
        ("application/json; charset=utf-8", "application/json"),
        ("application/json ;charset*=x''y", "application/json "),
        ("text/plain; charset=hex", "text/plain"),
        (";charset=hex", ""),
        ("multipart/form-data", "multipart/form-data"),
        ("multipart/form-data; boundary=x", "multipart/form-data; boundary=x"),
        ("Multipart/Mixed; a=b; Boundary=\"x y\"; charset*=x''y", 'Multipart/Mixed; Boundary="x y"'),
        ("multipart/form-data; boundary*=x''y", "multipart/form-data"),
        ("text/plain; boundary=x", "text/plain"),
    ],
)
def test_only_the_boundary_of_a_form_is_left(value: str, left: str) -> None:
    assert without_parameters(value) == left
