"""Static files, by a middleware."""

from __future__ import annotations

from tests.suites.suite import Suite

SUITE = Suite(
    package="whitenoise==6.12.0",
    repository="https://github.com/evansd/whitenoise@6.12.0",
    command=("-m", "pytest", "-q", "tests"),
    requirements=("pytest", "requests", "brotli"),
)
