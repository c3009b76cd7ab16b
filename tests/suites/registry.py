"""The declared suites."""

from __future__ import annotations

from perfcompare.core.registry import Registry
from tests.suites.suite import Suite

suites = Registry("tests.suites.declared", attribute="SUITE", kind=Suite)
