"""The framework around the view, the ORM and the serializers: what a lever or a setting makes of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from perfcompare.project.audit.facts import RequestFacts
from perfcompare.project.audit.findings._changed import settled
from perfcompare.project.audit.findings._finding import Finder, Finding
from perfcompare.project.audit.instruments import garbage_collection
from perfcompare.project.audit.instruments.ninja import NINJA
from perfcompare.project.audit.instruments.rest_framework import AROUND


def _find(facts: RequestFacts) -> Iterator[Finding]:
    yield from settled(facts, "view", "json_only", "lean_drf", label=AROUND)
    if any(part.label == AROUND for part in facts.parts):
        yield from settled(facts, "serializers", "compiled_serializers")
        yield from settled(facts, "rendering", "orjson_rendering", label="JSONRenderer")
    if any(part.label == NINJA for part in facts.parts):
        yield from settled(facts, "serializers", "lean_ninja")
    yield from settled(facts, "ORM", "compiled_queries")
    yield from settled(facts, garbage_collection.CATEGORY, "frozen_gc")


FINDER: Final = Finder(label="parts of the framework that a lever or a setting makes cheaper", find=_find)
