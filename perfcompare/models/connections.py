"""The held connections of stacks, which `manage.py perfcompare connections` stores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from perfcompare.models.by_level import Found, Kept
from perfcompare.runner.held_connections import Level

Held = Found[Level]


def _level(fields: Mapping[str, Any]) -> Level:
    return Level(**{name: int(value) for name, value in fields.items()})


CONNECTIONS: Final = Kept(name="connections", read=_level)
