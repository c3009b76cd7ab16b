"""The plug-in of pytest holds a test to its budget of statements."""

from __future__ import annotations

import pytest
from django.db import connection

from perfcompare.project.pytest_plugin import budget

pytestmark = pytest.mark.django_db


def _send(times: int) -> None:
    with connection.cursor() as cursor:
        for _ in range(times):
            cursor.execute("SELECT 1")


def test_as_many_statements_as_the_budget_pass() -> None:
    with budget(2) as sent:
        _send(2)

    assert sent == ["SELECT 1", "SELECT 1"]


def test_one_more_fails_and_lists_them() -> None:
    with (
        pytest.raises(pytest.fail.Exception, match=r"3 SQL statements were sent; the budget is 2:\n  1. SELECT 1"),
        budget(2),
    ):
        _send(3)
