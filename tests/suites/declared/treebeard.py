"""Trees by several encodings."""

from __future__ import annotations

from tests.suites.suite import Suite

SUITE = Suite(
    package="django-treebeard==7.0.3",
    command=("-m", "pytest", "-q", "tests"),
    requirements=("pytest", "pytest-django"),
    environment={"DATABASE_ENGINE": "psql", "DJANGO_SETTINGS_MODULE": "tests.settings"},
    extensions=True,
    expects=("compiled_queries", "compiled_writes"),
)
