"""JSON web tokens for DRF."""

from __future__ import annotations

from tests.suites.suite import Suite

SUITE = Suite(
    package="djangorestframework-simplejwt==5.5.1",
    command=("-m", "pytest", "-q", "tests"),
    requirements=("djangorestframework", "pytest", "pytest-django", "freezegun", "cryptography", "python-jose"),
    expects=("compiled_queries", "compiled_writes", "compiled_serializers", "lean_drf"),
)
