from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from users.models import User


@pytest.mark.usefixtures("compiled_on_five_users")
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
def test_what_a_package_put_into_a_query_is_as_with_django(attribute: str, value: Any) -> None:
    queryset = User.objects.order_by("id")
    setattr(queryset.query, attribute, value)
    with CaptureQueriesContext(connection):  # Django's way
        expected = list(queryset.all()), queryset.count(), queryset.filter(pk__gt=0)[:1].get()
    assert (list(queryset.all()), queryset.count(), queryset.filter(pk__gt=0)[:1].get()) == expected
    assert queryset.get(pk=expected[2].pk) == expected[2]
