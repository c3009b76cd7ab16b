"""Fields, managers and trackers."""

from __future__ import annotations

from tests.suites.suite import Suite

SUITE = Suite(
    package="django-model-utils==5.0.0",
    command=("-m", "pytest", "-q", "tests"),
    requirements=("pytest", "pytest-django", "time-machine"),
    expects=("compiled_queries", "compiled_writes"),
)
