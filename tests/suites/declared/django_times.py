"""Django's tests of dates, times and time zones."""

from __future__ import annotations

from tests.suites.declared._django import django

SUITE = django(
    *("datetimes", "timezones", "utils_tests.test_timezone"),
    expects=("compiled_queries", "compiled_writes"),
)
