"""What a subcommand of `manage.py perfcompare` is, and where it writes."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.core.management.base import OutputWrapper

VISITS: Final = "Finished trials are stored: manage.py perfcompare runs"
"""For an interrupted command that stores each trial at once."""


class Output:
    """Standard output. `terminal` says whether a person is looking, `colour` whether colours are wanted."""

    def __init__(self, stream: OutputWrapper, *, colour: bool = False) -> None:
        self._stream = stream
        self.terminal = stream.isatty()
        self.colour = colour

    def write(self, text: str = "", *, end: str = "\n") -> None:
        """Write one or more lines at once; after another `end` the line can be continued or rewritten."""
        self._stream.write(text, ending=end)
        self._stream.flush()


@dataclass(frozen=True, kw_only=True)
class Command:
    """One subcommand: its file's name is what is typed."""

    help: str
    arguments: Callable[[ArgumentParser], None]
    run: Callable[[Namespace, Output], None]
    """Raises PerfcompareError when it fails; the error's exit code becomes the process's."""
    kept: str = "Nothing is stored."
    """What is stored when a signal ends it, and where to find it, in a sentence."""
