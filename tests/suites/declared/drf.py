"""DRF's own tests."""

from __future__ import annotations

from tests.suites.suite import Suite

SUITE = Suite(
    package="djangorestframework==3.18.3",
    command=("-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"),
    also=("token_cache",),
    checked=True,
    expects=("compiled_queries", "compiled_writes", "compiled_serializers", "lean_drf"),
)
