"""Permissions per object."""

from __future__ import annotations

from tests.suites.suite import Suite

SUITE = Suite(
    package="django-guardian==3.5.2",
    command=("-m", "pytest", "-q", "guardian"),
    requirements=("django-environ", "pytest", "pytest-django"),
    expects=("compiled_queries", "compiled_writes"),
)
