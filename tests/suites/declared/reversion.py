"""Versions of rows, serialized."""

from __future__ import annotations

from tests.suites.suite import Suite

SUITE = Suite(
    package="django-reversion==6.4.0",
    folder="tests",
    command=("manage.py", "test", "--noinput", "test_app"),
    requirements=(),
    expects=("compiled_queries", "compiled_writes"),
)
