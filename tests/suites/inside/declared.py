"""The declaration of a lever, by its name."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from perfcompare.core.lever import Lever


def declared(name: str) -> Lever:
    """It imports no framework."""
    lever: Lever = importlib.import_module(f"perfcompare.levers.{name}").LEVER
    return lever
