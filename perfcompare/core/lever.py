"""A lever: one change that makes Django faster, usable by any project, and how a timed process gets it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from perfcompare.core.setting import Settings, no_settings
from perfcompare.core.stack import Interface
from perfcompare.core.versions import Range

__all__ = ["Lever", "Settings", "no_settings", "with_app"]


def with_app(app: str) -> Callable[[Settings], None]:
    """A function that adds `app` to INSTALLED_APPS of a process's settings, for levers that are apps."""

    def add(settings: Settings) -> None:
        settings["INSTALLED_APPS"] = [*settings.get("INSTALLED_APPS", []), app]

    return add


@dataclass(frozen=True, kw_only=True)
class Lever:
    """One lever, declared without importing Django, so that settings modules and listings can read it."""

    label: str
    changes: str
    """What it changes, in a sentence."""
    costs: str
    """What it costs or takes away, and when not to use it."""
    source: str
    """Where the idea or the claim comes from: a URL."""
    lines: tuple[str, ...]
    """The lines that a project writes to use it."""
    tested: tuple[Range, ...]
    """The versions that it was tested with; outside of them it is off."""
    settings: Callable[[Settings], None] = no_settings
    """Applies it to the settings of a process."""
    targets: Mapping[Interface, str] = field(default_factory=dict)
    """For each interface whose application it replaces, the `module:attribute` that a server then loads."""
    packages: tuple[str, ...] = ()
    """The distributions it needs beyond the stack's own."""
