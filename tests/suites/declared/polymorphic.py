"""Models whose rows are instances of their subclasses."""

from __future__ import annotations

from tests.suites.suite import Suite

SUITE = Suite(
    package="django-polymorphic==4.11.3",
    repository="https://github.com/jazzband/django-polymorphic@v4.11.3",
    command=("-m", "pytest", "-q", "-m", "not ui and not integration"),
    requirements=("pytest", "pytest-django"),
    expects=("compiled_queries", "compiled_writes"),
)
