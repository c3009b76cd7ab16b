"""The levers by their names, without Django."""

from __future__ import annotations

from typing import Final

from perfcompare.core.lever import Lever
from perfcompare.core.registry import Registry

levers: Final = Registry("perfcompare.levers", attribute="LEVER", kind=Lever)
