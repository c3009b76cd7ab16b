"""Models whose rows are instances of their subclasses."""

from __future__ import annotations

from tests.suites.suite import Suite

SUITE = Suite(
    package="django-polymorphic==4.11.3",
    repository="https://github.com/jazzband/django-polymorphic@v4.11.3",
    # Where a test of these asks for a browser, one is fetched from a place that is no package index.
    command=(
        *("-m", "pytest", "-q", "--ignore=src/polymorphic/tests/test_admin.py"),
        "--ignore=src/polymorphic/tests/examples",
    ),
    requirements=("pytest", "pytest-django", "pytest-playwright", "django-test-migrations"),
    expects=("compiled_queries", "compiled_writes"),
)
