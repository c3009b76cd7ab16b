"""Django's tests of reading: what comes out of QuerySets, and how often the database is asked."""

from __future__ import annotations

from tests.suites.declared._django import django

SUITE = django(
    *("basic", "custom_lookups", "custom_managers", "dates", "defer", "defer_regress", "distinct_on_fields", "empty"),
    *("extra_regress", "from_db_value", "get_earliest_or_latest", "get_object_or_404", "managers_regress"),
    *("null_queries", "or_lookups", "ordering", "pagination", "properties", "queryset_pickle", "raw_query"),
    *("reverse_lookup", "str", "string_lookup", "swappable_models", "xor_lookups"),
    checked=True,
    expects=("compiled_queries",),
)
