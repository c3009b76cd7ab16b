"""Django's tests of its cache."""

from __future__ import annotations

from tests.suites.declared._django import django

SUITE = django(
    "cache",
)
