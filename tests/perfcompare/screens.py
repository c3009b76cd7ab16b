"""A screen that keeps what is written."""

from __future__ import annotations


class Paper:
    """Takes what a command or a progress writes; a terminal only when that is said."""

    def __init__(self, *, terminal: bool = False) -> None:
        self.terminal = terminal
        self.text = ""

    def write(self, text: str = "", *, end: str = "\n") -> None:
        self.text += text + end
