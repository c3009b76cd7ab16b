"""Django's tests of fields and functions of PostgreSQL."""

from __future__ import annotations

from tests.suites.declared._django import django

SUITE = django(
    "postgres_tests",
    extensions=True,
    expects=("compiled_queries", "compiled_writes"),
)
