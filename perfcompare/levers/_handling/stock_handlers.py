"""Django's handler in the place of a lean one, with all that a project's subclass has of its own."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from django.core.handlers.base import BaseHandler

_OURS: Final = "perfcompare.levers."


@cache
def without_lever(cls: type[Any]) -> Any:
    """The class that `cls` would be, were it a subclass of Django's handler; Django's own for the lean handler itself.

    What a project overrides stays, with its `super()`. Its signals name `cls`, as Django's would.
    """
    if cls.sender is not cls:
        return cls.sender
    mro = [one for one in cls.__mro__ if not one.__module__.startswith(_OURS)]

    class WithoutLever(type(cls)):  # type: ignore[misc]  # a class that is not known before
        def mro(cls) -> list[type]:
            return [cls, *mro]

    return WithoutLever(cls.__name__, (cls,), {"__class__": property(lambda _self: cls), "__module__": cls.__module__})


def new_without_lever(cls: type[Any]) -> Any:
    """What `cls.__new__` gives where the lever is inactive."""
    kind: Any = cls
    stock = without_lever(kind)
    # What is made by the class itself has had its `__init__`; of another one, Python calls it.
    return object.__new__(stock) if issubclass(stock, cls) else stock()


def turned_stock(handler: BaseHandler, *, is_async: bool = False) -> Any:
    """A handler with the state of a lean one, whose requests take Django's course."""
    cls: Any = type(handler)
    stock = without_lever(cls)
    if not issubclass(stock, cls):
        return stock()
    made = object.__new__(stock)
    made.__dict__.update(handler.__dict__)
    made.load_middleware(**({"is_async": True} if is_async else {}))
    return made
