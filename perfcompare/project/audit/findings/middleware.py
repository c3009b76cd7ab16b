"""Middleware that costs, and what takes its place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from perfcompare.project.audit.facts import RequestFacts
from perfcompare.project.audit.findings._changed import settled
from perfcompare.project.audit.findings._finding import Finder, Finding


def _find(facts: RequestFacts) -> Iterator[Finding]:
    yield from settled(facts, "middleware", "inline_middleware")
    yield from settled(facts, "middleware", "without_messages", label="MessageMiddleware")


FINDER: Final = Finder(label="middleware", find=_find)
