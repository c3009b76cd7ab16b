"""Dictionaries that bring themselves up to date before somebody looks into them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

_Dictionary = TypeVar("_Dictionary", bound=dict[Any, Any])


def act_before(cls: type[_Dictionary], names: Iterable[str], act: Callable[[_Dictionary], object]) -> None:
    """Let each of these methods of dict, on instances of `cls`, call `act` with the dictionary first."""
    for name in names:
        setattr(cls, name, _preceded(getattr(dict, name), act))


def _preceded(stock: Callable[..., Any], act: Callable[[_Dictionary], object]) -> Callable[..., Any]:
    def method(self: _Dictionary, *arguments: object, **named: object) -> Any:
        act(self)
        return stock(self, *arguments, **named)

    return method
