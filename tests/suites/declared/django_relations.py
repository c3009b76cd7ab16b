"""Django's tests of relations."""

from __future__ import annotations

from tests.suites.declared._django import django

SUITE = django(
    *("contenttypes_tests", "filtered_relation", "foreign_object", "generic_relations", "generic_relations_regress"),
    *("known_related_objects", "m2m_and_m2o", "m2m_intermediary", "m2m_multiple", "m2m_recursive", "m2m_regress"),
    *("m2m_signals", "m2m_through", "m2m_through_regress", "m2o_recursive", "many_to_many", "many_to_one"),
    *("many_to_one_null", "mutually_referential", "nested_foreign_keys", "null_fk", "null_fk_ordering", "one_to_one"),
    *("order_with_respect_to", "prefetch_related", "reserved_names", "select_related", "select_related_onetoone"),
    "select_related_regress",
    checked=True,
    expects=("compiled_queries",),
)
