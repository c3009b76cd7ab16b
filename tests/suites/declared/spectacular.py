"""OpenAPI schemas of DRF, which read what levers replace."""

from __future__ import annotations

from tests.suites.suite import Suite

SUITE = Suite(
    package="drf-spectacular==0.30.0",
    command=("-m", "pytest", "-q", "tests", "--allow-skip-extra-system-req"),
    expects=("compiled_serializers", "lean_drf"),
)
