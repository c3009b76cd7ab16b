"""WebSockets, sessions and the database in consumers."""

from __future__ import annotations

from tests.suites.suite import Suite

SUITE = Suite(
    package="channels==4.3.2",
    repository="https://github.com/django/channels@4.3.2",
    command=("-m", "pytest", "-q", "tests"),
    requirements=("pytest", "pytest-django", "pytest-asyncio", "async-timeout", "daphne", "selenium"),
    expects=("compiled_queries", "compiled_writes"),
)
