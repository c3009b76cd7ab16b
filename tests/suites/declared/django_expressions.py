"""Django's tests of aggregation, annotations and expressions."""

from __future__ import annotations

from tests.suites.declared._django import django

SUITE = django(
    *("aggregation", "aggregation_regress", "annotations", "db_functions", "expressions", "expressions_case"),
    "expressions_window",
    extensions=True,
    expects=("compiled_queries",),
)
