"""Locust's events, with types: its own registration has none, and would take a listener's away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import locust

Listener = TypeVar("Listener", bound=Callable[..., None])
_events: Any = locust.events


def on(event: str) -> Callable[[Listener], Listener]:
    """A decorator: call the function whenever Locust's event of that name (`locust.event.Events`) happens."""

    def add(listener: Listener) -> Listener:
        getattr(_events, event).add_listener(listener)
        return listener

    return add
