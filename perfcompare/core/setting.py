"""A documented setting that a stack changes, with no code of this project, and how a timed process gets it."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

Settings = MutableMapping[str, Any]
"""The names of a Django settings module. Replace its values; never change them in place."""


def no_settings(_settings: Settings) -> None:
    """For a change that is not a Django setting."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """One change that Django's or a server's own documentation describes, declared without importing Django."""

    label: str
    changes: str
    """What it changes, in a sentence."""
    costs: str
    """What it costs or takes away, and when not to use it."""
    source: str
    """Where it is documented: a URL."""
    lines: tuple[str, ...]
    """The lines that a project writes to use it, in its settings or on its command line."""
    settings: Callable[[Settings], None] = no_settings
    """Applies it to the settings of a process with any database."""
