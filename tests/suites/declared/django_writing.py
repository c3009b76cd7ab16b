"""Django's tests of writing."""

from __future__ import annotations

from tests.suites.declared._django import django

SUITE = django(
    *("bulk_create", "constraints", "delete", "delete_regress", "field_defaults", "force_insert_update"),
    *("get_or_create", "save_delete_hooks", "select_for_update", "signals", "transaction_hooks", "transactions"),
    *("unmanaged_models", "update", "update_only_fields", "validation"),
    checked=True,
    expects=("compiled_queries", "compiled_writes"),
)
