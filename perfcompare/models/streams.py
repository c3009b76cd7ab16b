"""The streams of stacks, which `manage.py perfcompare streams` stores."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, Final, get_type_hints

from perfcompare.models.by_level import Found, Kept
from perfcompare.models.side_results import finite
from perfcompare.runner.streams import Level

Streamed = Found[Level]
_KINDS: Final = get_type_hints(Level)


def _level(given: Mapping[str, Any]) -> Level:
    return Level(**{field.name: _value(_KINDS[field.name], given[field.name]) for field in fields(Level)})


def _value(kind: Any, given: Any) -> Any:
    if kind is str:
        return str(given)
    if kind is int:
        return int(finite(given))
    return None if given is None and kind is not float else finite(given)


STREAMS: Final = Kept(name="streams", read=_level)
