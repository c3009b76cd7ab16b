"""Django's tests of migrations and schema changes."""

from __future__ import annotations

from tests.suites.declared._django import django

SUITE = django(
    *("migrate_signals", "migration_test_data_persistence", "migrations", "schema"),
    expects=("compiled_queries", "compiled_writes"),
)
