"""Django's tests of queries."""

from __future__ import annotations

from tests.suites.declared._django import django

SUITE = django(
    "queries",
    "lookup",
    checked=True,
    expects=("compiled_queries",),
)
