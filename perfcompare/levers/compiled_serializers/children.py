"""The child of a list serializer, which does not know the list as long as nobody asks for it.

`rest_framework.serializers.ListSerializer.__init__` lets the two keep each other, so that a list of instances is only
gone when the garbage collector has found it behind its serializer. A serializer that only represents needs its child's
description and not the child.
"""

from __future__ import annotations

import functools
import inspect
from typing import Any, Final

from rest_framework.serializers import ListSerializer, Serializer

from perfcompare.levers._drf import trust
from perfcompare.levers._replacing import Replacement

_WAITING: Final = "_compiled_serializers_child"


class _Child:
    """The attribute `child` of list serializers that have none in their state: as ListSerializer's it is None, unless
    one waits."""

    def __get__(self, many: ListSerializer[Any] | None, _owner: type | None = None) -> Any:
        if many is None:
            return None
        child = vars(many).pop(_WAITING, None)
        if child is not None:
            child.parent = many
            many.child = child
        return child


def __init__(self: ListSerializer[Any], *args: object, **kwargs: object) -> None:
    """As ListSerializer.__init__; a child waits when there is something to represent and nothing to validate."""
    next(INIT.calls)
    INIT.inner(self, *args, **kwargs)
    state = vars(self)
    kinds: tuple[Any, ...] = type(self), type(state.get("child"))
    if state.get("instance") is None or "initial_data" in state or not _can_wait(*kinds):
        next(INIT.left)
        return
    child = state[_WAITING] = state.pop("child")
    child.parent = None


@functools.lru_cache(maxsize=1024)
def _can_wait(many: type, child: type) -> bool:
    names = "__setattr__", "__getattribute__", "__getattr__"
    return (
        issubclass(child, Serializer)
        and type(inspect.getattr_static(many, "child")) is _Child
        and trust.is_own(many, *names)
        and trust.is_own(child, "bind", "parent", *names)
    )


def peeked(many: ListSerializer[Any]) -> Any:
    """The child of a list serializer, as it is: to be looked at, and not to be kept or asked for its context."""
    child = vars(many).get(_WAITING)
    return many.child if child is None else child


INIT: Final = Replacement(ListSerializer, "__init__", __init__, "b5c5f417feb4", "39b247076903")
REPLACEMENTS: Final = (INIT, Replacement(ListSerializer, "child", _Child(), "None"))
