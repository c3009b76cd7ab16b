"""Django's tests of its admin."""

from __future__ import annotations

from tests.suites.declared._django import django

SUITE = django(
    *("admin_changelist", "admin_custom_urls", "admin_docs", "admin_filters", "admin_inlines", "admin_ordering"),
    *("admin_utils", "admin_views", "admin_widgets", "modeladmin"),
    expects=("compiled_queries", "compiled_writes"),
)
