"""Django's tests of its asynchronous methods."""

from __future__ import annotations

from tests.suites.declared._django import django

SUITE = django("async", expects=("native_async",))
