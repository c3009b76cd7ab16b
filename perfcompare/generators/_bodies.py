"""Checks bodies without knowing the request of each. A body is right if any request of the load could get it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from perfcompare.core.http import ANYTHING, Expected

Path = tuple[str | int, ...]


def wrong(bodies: Iterable[bytes], expected: Iterable[Expected]) -> Iterator[bytes]:
    """The bodies that no answer in `expected` allows. JSON is compared by its canonical text."""
    allowed: dict[tuple[Path, ...], set[str]] = {}
    for one in {id(one): one for one in expected}.values():
        free = tuple(_free(one.json))
        allowed.setdefault(free, set()).add(_canonical(_masked(one.json, free)))
    for body in bodies:
        if not _right(body, allowed):
            yield body


def _right(body: bytes, allowed: dict[tuple[Path, ...], set[str]]) -> bool:
    try:
        value = json.loads(body)
        return any(_canonical(_masked(value, free)) in texts for free, texts in allowed.items())
    except (ValueError, LookupError, TypeError):  # not JSON, or of another shape
        return False


def _free(value: object, where: Path = ()) -> Iterator[Path]:
    """The paths at which the contract fixes no value."""
    if value is ANYTHING:
        yield where
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _free(inner, (*where, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _free(inner, (*where, index))


def _masked(value: Any, paths: Sequence[Path]) -> Any:
    """`value` with null at each of `paths`; LookupError or TypeError when one is not there."""
    for path in paths:
        value = _without(value, path)
    return value


def _without(value: Any, path: Path) -> Any:
    if not path:
        return None
    first, *rest = path
    copy: Any = dict(value) if isinstance(value, dict) else list(value)
    copy[first] = _without(value[first], tuple(rest))
    return copy


def _canonical(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
