"""Nested resources for DRF."""

from __future__ import annotations

from tests.suites.suite import Suite

SUITE = Suite(
    package="drf-nested-routers==0.95.3",
    repository="https://github.com/alanjds/drf-nested-routers@v0.95.3",
    command=("-m", "pytest", "-q", "tests"),
    requirements=("djangorestframework", "pytest", "pytest-django"),
    expects=("compiled_queries", "compiled_writes"),
)
