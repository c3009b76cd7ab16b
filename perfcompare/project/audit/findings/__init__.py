"""Kinds of findings: every file here is one, and `--fail-on` takes its name."""

from __future__ import annotations

from typing import Final

from perfcompare.core.registry import Registry
from perfcompare.project.audit.findings._finding import Finder, Finding

__all__ = ["Finder", "Finding", "finders"]

finders: Final = Registry("perfcompare.project.audit.findings", attribute="FINDER", kind=Finder)
