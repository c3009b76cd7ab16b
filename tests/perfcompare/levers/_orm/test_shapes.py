from __future__ import annotations

from typing import Any

import pytest

from perfcompare.levers._orm.shapes import shape_of
from users.models import User


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("order_by", ["-id"]),  # as modeltranslation does it
        ("order_by", []),
        ("values_select", []),
        ("select_related", []),
        ("default_cols", [True]),
    ],
)
def test_a_list_that_a_package_put_into_a_query_is_no_part_of_a_key(attribute: str, value: Any) -> None:
    query = User.objects.order_by("id").query
    setattr(query, attribute, value)
    shaped = shape_of(query)
    assert shaped is None or isinstance(hash(shaped[0]), int)
