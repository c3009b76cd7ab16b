"""Django Ninja's own tests."""

from __future__ import annotations

from tests.suites.suite import Suite

SUITE = Suite(
    package="django-ninja==1.7.1",
    repository="https://github.com/vitalik/django-ninja@v1.6.3",
    folder="tests",
    command=("-m", "pytest", "-q", "."),
    requirements=("pytest", "pytest-django", "pytest-asyncio"),
    expects=("lean_ninja",),
)
