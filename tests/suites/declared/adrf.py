"""The tests of adrf, DRF's asynchronous views."""

from __future__ import annotations

from tests.suites.suite import Suite

SUITE = Suite(
    package="adrf==0.1.14",
    repository="https://github.com/em1208/adrf@0.1.14",
    command=("-m", "pytest", "-q", "--nomigrations", "tests"),
    requirements=("djangorestframework", "pytest", "pytest-django", "pytest-asyncio", "faker"),
    expects=("compiled_serializers", "lean_drf"),
)
