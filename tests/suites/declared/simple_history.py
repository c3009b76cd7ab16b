"""The history of each row, written by signals."""

from __future__ import annotations

from tests.suites.suite import Suite

SUITE = Suite(
    package="django-simple-history==3.13.0",
    command=("runtests.py", "--database=postgres"),
    expects=("compiled_queries", "compiled_writes"),
    requirements=(),
)
