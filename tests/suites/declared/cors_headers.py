"""Headers for other origins, by a middleware."""

from __future__ import annotations

from tests.suites.suite import Suite

SUITE = Suite(
    package="django-cors-headers==4.9.0",
    repository="https://github.com/adamchainz/django-cors-headers@4.9.0",
    command=("-m", "pytest", "-q", "tests"),
    requirements=("pytest", "pytest-django"),
)
