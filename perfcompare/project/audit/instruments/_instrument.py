"""What an instrument is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from perfcompare.project.audit.spans import Recorder


@dataclass(frozen=True, kw_only=True)
class Instrument:
    """Spans in one package."""

    module: str
    """The instrument is used where this module is loaded after the project's URLs were."""
    install: Callable[[Recorder], None]
    always: bool = False
    """Whether every project loads the module sooner or later: with its application at the latest."""
