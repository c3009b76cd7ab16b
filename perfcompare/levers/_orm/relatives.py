"""Instances that know each other, without a reference cycle as long as nobody follows their relations.

After `select_related` of a one-to-one relation Django lets each side keep the other: a cycle, and with it go all the
objects that hang on the two. Only the garbage collector finds them, which costs as much as a third of making them. Here
the owner has its relative, and the relative is told of its owner when somebody takes it out of the owner's cache. Code
that only reads, such as a compiled serializer, makes it forget the owner again with `forget_owners`.

Whether somebody else has kept a relative is told by its reference count, as the collector itself tells it
(https://devguide.python.org/internals/garbage-collector/).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from sys import getrefcount
from typing import Any, Final, NamedTuple, SupportsIndex
from weakref import ref

from perfcompare.levers._orm.dictionaries import act_before


class Link(NamedTuple):
    """The names under which two relatives keep each other."""

    name: str
    """In the owner's cache."""
    back: str
    """In the relative's cache."""


class Relatives(dict[str, Any]):
    """The `fields_cache` of an owner. `waiting` is the relative that does not know of it, or None."""

    __slots__ = ("link", "owner", "waiting")
    link: Link
    owner: ref[Any]
    waiting: Any

    def __missing__(self, name: str) -> Any:
        if self.waiting is None or name != self.link.name:
            raise KeyError(name)
        return self.meet()

    def meet(self) -> Any:
        """The relative, which knows its owner from now on."""
        relative = self.waiting
        if relative is not None:
            owner = self.owner()
            if owner is not None:
                relative._state.fields_cache[self.link.back] = owner
            dict.__setitem__(self, self.link.name, relative)
            self.waiting = None
        return relative

    def __contains__(self, name: object) -> bool:
        return dict.__contains__(self, name) or (self.waiting is not None and name == self.link.name)

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        return dict, (self.copy(),)


def _for_one(name: str) -> Callable[..., Any]:
    stock = getattr(dict, name)

    def method(self: Relatives, key: object, *others: object) -> Any:
        if key == self.link.name:
            self.meet()
        return stock(self, key, *others)

    return method


_ONE: Final = ("__setitem__", "__delitem__", "get", "setdefault", "pop")
_ALL: Final = (
    "__iter__", "__reversed__", "__len__", "__eq__", "__ne__", "__repr__", "__or__", "__ror__", "__ior__",
    "keys", "values", "items", "copy", "popitem", "update", "clear",
)  # fmt: skip
for _name in _ONE:
    setattr(Relatives, _name, _for_one(_name))
act_before(Relatives, _ALL, Relatives.meet)


def _count_of_a_thing_in_one_place() -> int:
    place = [object()]
    thing = place[0]
    return getrefcount(thing)


_ALONE: Final = _count_of_a_thing_in_one_place()


def forget_owners(instances: Sequence[Any]) -> None:
    """Let the relatives of `instances`, models that one QuerySet gave, forget their owners again, where nobody else can
    have kept them."""
    if not instances or instances[0].__dict__["_state"].fields_cache.__class__ is not Relatives:
        return
    for owner in instances:
        cache = owner.__dict__["_state"].fields_cache
        if cache.__class__ is not Relatives:
            continue
        name, back = cache.link
        relative = dict.get(cache, name)
        if relative is None or getrefcount(relative) != _ALONE or relative.__weakref__ is not None:
            continue
        values = relative.__dict__
        state = values["_state"]
        known = state.fields_cache
        if (
            getrefcount(values) == _ALONE
            and getrefcount(state) == _ALONE
            and getrefcount(known) == _ALONE
            and dict.get(known, back) is owner
        ):
            cache.waiting = relative  # first: another thread that looks for it finds it in either place
            dict.__delitem__(cache, name)
            dict.__delitem__(known, back)
