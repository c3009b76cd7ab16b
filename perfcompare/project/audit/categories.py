"""The categories of a request's parts: what each is called, and how pictures show it. This is the only list of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Look:
    """Of one category in a picture."""

    letter: str
    """On a terminal."""
    light: str
    """On a page."""
    dark: str
    """On a dark page."""


SERVER: Final = "server"
CATEGORIES: Final[Mapping[str, Look]] = {
    SERVER: Look("w", "#9db0cc", "#5b6f90"),
    "handler": Look("h", "#566073", "#9aa5b8"),
    "middleware": Look("m", "#14806a", "#2fae8f"),
    "URL resolving": Look("u", "#b4472f", "#f08c74"),
    "authentication": Look("a", "#c58a1a", "#e5b84f"),
    "permissions": Look("p", "#8c4a2a", "#d99a76"),
    "throttles": Look("t", "#1f5fbf", "#8ab4f8"),
    "view": Look("v", "#5fa8d3", "#5f95c0"),
    "validation": Look("i", "#7a5bb5", "#b79cf0"),
    "filters": Look("f", "#a03d78", "#e58bc0"),
    "pagination": Look("g", "#3f9f8f", "#74d4c4"),
    "ORM": Look("o", "#4d7d2c", "#98cc74"),
    "SQL": Look("Q", "#d0652e", "#e58a55"),
    "connections": Look("c", "#d3a0c8", "#a8779f"),
    "serializers": Look("s", "#2c4a7c", "#a9bfe8"),
    "rendering": Look("r", "#b0a13a", "#d8cc70"),
    "garbage collection": Look("x", "#6d2e46", "#f4b6c8"),
    "thread hops": Look("~", "#7c7c7c", "#b5b5b5"),
}
"""From the outside in, in the order in which a picture shows them."""
