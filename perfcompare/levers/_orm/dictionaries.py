"""Dictionaries that bring themselves up to date before somebody looks into them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any


def act_before(cls: type[Any], names: Iterable[str], act: Callable[[Any], object]) -> None:
    """Let each of these methods of dict, on instances of `cls`, call `act` with the dictionary first."""
    for name in names:
        setattr(cls, name, _preceded(getattr(dict, name), act))


def _preceded(stock: Callable[..., Any], act: Callable[[Any], object]) -> Callable[..., Any]:
    def method(self: Any, *arguments: Any, **named: Any) -> Any:
        act(self)
        return stock(self, *arguments, **named)

    return method
