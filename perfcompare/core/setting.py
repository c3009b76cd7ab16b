"""A change that a stack makes to Django, and a documented setting, which is a change without code of this project."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from perfcompare.core.interface import Interface

Settings = MutableMapping[str, Any]
"""The names of a Django settings module. Replace its values; never change them in place."""


def no_settings(_settings: Settings) -> None:
    """For a change that is not a Django setting."""


@dataclass(frozen=True, kw_only=True)
class Loss:
    """Words that a header of the answers loses on purpose. Nothing else of the answer may differ."""

    header: str
    words: tuple[str, ...]
    """In lower case."""
    why: str
    """Why this is right, in a sentence for people."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """One change, declared without importing Django, so that settings modules and listings can read it."""

    label: str
    changes: str
    """What it changes, in a sentence."""
    costs: str
    """What it costs or takes away, and when not to use it."""
    source: str
    """The URL of its documentation, or of the idea or claim behind it."""
    lines: tuple[str, ...]
    """The lines that a project writes to use it, in its settings or on its command line."""
    settings: Callable[[Settings], None] = no_settings
    """Applies it to the settings of a process with any database."""
    loses: tuple[Loss, ...] = ()
    """What its answers lack on purpose."""


@dataclass(frozen=True, kw_only=True)
class Setting(Change):
    """A change that Django's or a server's own documentation describes."""

    interface: Interface | None = None
    """The only one that it is for; None: for both."""
