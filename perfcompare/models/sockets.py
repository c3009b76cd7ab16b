"""The WebSockets of rooms, which `manage.py perfcompare sockets` stores."""

from __future__ import annotations

from typing import Final

from perfcompare.models.by_level import Kept
from perfcompare.runner.rooms import Level

SOCKETS: Final = Kept(name="sockets", kind=Level)
