"""The held connections of stacks, which `manage.py perfcompare connections` stores."""

from __future__ import annotations

from typing import Final

from perfcompare.models.by_level import Found, Kept
from perfcompare.runner.held_connections import Level

Held = Found[Level]
CONNECTIONS: Final = Kept(name="connections", kind=Level)
