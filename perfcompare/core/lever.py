"""A lever: one change that makes Django faster, usable by any project, and how a timed process gets it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from perfcompare.core.interface import Interface
from perfcompare.core.setting import Change, Loss, Settings, no_settings
from perfcompare.core.versions import Range

__all__ = ["Lever", "Loss", "Settings", "no_settings", "with_app", "with_options"]


def with_app(app: str) -> Callable[[Settings], None]:
    """A function that adds `app` to INSTALLED_APPS of a process's settings, for levers that are apps."""

    def add(settings: Settings) -> None:
        settings["INSTALLED_APPS"] = [*settings.get("INSTALLED_APPS", []), app]

    return add


def with_options(settings: Settings, lever: str, **options: Any) -> None:
    """Give `lever` the options, beside those that it has."""
    given = settings.get("PERFCOMPARE", {})
    settings["PERFCOMPARE"] = {**given, lever: {**given.get(lever, {}), **options}}


@dataclass(frozen=True, kw_only=True)
class Lever(Change):
    """One lever: a change with code of its own."""

    tested: tuple[Range, ...]
    """The versions that it was tested with; outside of them it is off."""
    targets: Mapping[Interface, str] = field(default_factory=dict)
    """For each interface whose application it replaces, the `module:attribute` that a server then loads."""
    options: str = ""
    """The dotted path of the dataclass whose fields a project may set in `PERFCOMPARE["<name>"]`."""
    packages: tuple[str, ...] = ()
    """The distributions it needs beyond the stack's own."""
