"""Subcommands of `manage.py perfcompare`, and their output."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.core.management.base import OutputWrapper

VISITS: Final = "Finished trials are stored: manage.py perfcompare runs"
"""For an interrupted command that stores each trial at once."""


class Output:
    """Standard output. `terminal` tells whether it is a terminal, and `colour` whether colours are wanted."""

    def __init__(self, stream: OutputWrapper, *, colour: bool = False) -> None:
        self._stream = stream
        self.terminal = stream.isatty()
        self.colour = colour

    def write(self, text: str = "", *, end: str = "\n") -> None:
        """Write one or more lines at once. With another `end`, the last line can be continued or rewritten."""
        self._stream.write(text, ending=end)
        self._stream.flush()


@dataclass(frozen=True, kw_only=True)
class Command:
    """One subcommand. Its name is that of its file."""

    help: str
    arguments: Callable[[ArgumentParser], None]
    run: Callable[[Namespace, Output], None]
    """Raises PerfcompareError on failure. The exit code of the error becomes that of the process."""
    kept: str = "Nothing is stored."
    """A sentence about what is stored after a signal, and where to find it."""
