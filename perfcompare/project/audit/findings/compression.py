"""Answers that should be compressed and are not, or that are and should not be."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from perfcompare.project.audit.facts import RequestFacts
from perfcompare.project.audit.findings._finding import Finder, Finding

LARGE: Final = 10_000
_SMALL: Final = 0.1
"""Less than this share saved is not worth a processor's time."""
_SOURCE: Final = "https://docs.djangoproject.com/en/5.2/ref/middleware/#module-django.middleware.gzip"


def _find(facts: RequestFacts) -> Iterator[Finding]:
    answer = facts.response
    saved = 1 - answer["packed"] / answer["bytes"] if answer["bytes"] else 0.0
    packer = next((part for part in facts.parts if part.label == "GZipMiddleware"), None)
    said = f"{answer['bytes']:,} bytes of which gzip leaves {answer['packed']:,}"
    if answer["encoding"] == "" and answer["bytes"] >= LARGE and saved < _SMALL:
        yield _finding(f"compresses badly: {said}", 0.0, "Leave it out of the types that the proxy compresses.")
    elif answer["encoding"] == "" and answer["bytes"] >= LARGE and packer is None:
        took = f"in {answer['packing_us']:.0f} µs of CPU"
        yield _finding(f"is not compressed by the project: {said} {took}", 0.0, "Let the proxy compress (gzip_types).")
    elif packer is not None and packer.cpu_us >= 0.1 * facts.cpu_us:
        yield _finding("is compressed by Django", packer.cpu_us, "Let the proxy compress instead of GZipMiddleware.")


def _finding(what: str, cost_us: float, write: str) -> Finding:
    return Finding(what=what, cpu_us=cost_us, wall_us=cost_us, write=(write,), source=_SOURCE, subject=what[:12])


FINDER: Final = Finder(
    label="large answers that are not compressed, compress badly, or are compressed by Django", find=_find
)
