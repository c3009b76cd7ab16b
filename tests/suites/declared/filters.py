"""Filters of query strings."""

from __future__ import annotations

from tests.suites.suite import Suite

SUITE = Suite(
    package="django-filter==26.2",
    command=("runtests.py",),
    requirements=("djangorestframework",),
    also=("lean_filters",),
    expects=("compiled_queries", "compiled_writes", "lean_filters"),
)
