"""A class that stands for one of another package, made anew for each test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from perfcompare.levers._replacing import Replacement, fingerprint
from perfcompare.levers._replacing.codes import NOTHING


def library() -> Any:
    class Library:
        limit = None

        def __init__(self) -> None:
            self._size = 1

        def greet(self, name: str = "you") -> str:
            """Say hello."""
            return f"hello {name}"

        def leave(self) -> str:
            return "bye"

        @property
        def size(self) -> int:
            """How large it is."""
            return self._size

        @size.setter
        def size(self, value: int) -> None:
            self._size = value

    return Library


def replacement(owner: Any, name: str, new: Any) -> Replacement:
    """The declaration of a lever that was made for what `owner` has now."""
    return Replacement(owner, name, new, fingerprint(vars(owner).get(name, NOTHING)), home=_home(owner, name))


def _home(owner: Any, name: str) -> str:
    return f"{__name__}.{library.__name__}.<locals>.Library.{name}"


def louder(name: str = "LOUDER") -> tuple[Callable[..., str], list[Replacement]]:
    """A lever's method, and a list into which the replacement goes that it calls."""
    calls: list[Replacement] = []

    def greet(self: Any, *args: Any) -> str:
        return f"{name}({calls[0].inner(self, *args)})"

    return greet, calls
