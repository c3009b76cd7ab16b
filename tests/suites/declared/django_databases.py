"""Django's tests of several databases and of what lies between them and the ORM."""

from __future__ import annotations

from tests.suites.declared._django import django

SUITE = django(
    *("backends", "base", "db_typecasts", "db_utils", "indexes", "inspectdb", "introspection"),
    *("model_indexes", "multiple_database", "test_utils"),
    expects=("compiled_queries", "compiled_writes"),
)
