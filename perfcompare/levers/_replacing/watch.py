"""Notices that a class, or one that it inherits from, was changed, without a look at each of its attributes.

Python gives a class a version when an attribute is looked up, and takes it from the class and from all that inherit
from it when one is set (https://docs.python.org/3.11/c-api/typeobj.html#c.PyTypeObject.tp_version_tag). `__flags__`
says whether it has one. Nobody but this module looks up anything in a class of its own that inherits from the watched
ones, so that it has a version for as long as none of them was changed since the last look. Where a Python does not say
so, nothing can be watched, and everything is compared each time.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Final

HAS_VERSION: Final = 1 << 19
"""The flag of a class that has a version, Py_TPFLAGS_VALID_VERSION_TAG: none was changed since `arm`."""
_HARMLESS: Final = frozenset({"typing", "django.db.models.utils", None})
"""Modules whose `__init_subclass__` keeps no list of the classes that it is called for."""


class Hidden(type):
    """The class of those that inherit: whoever finds one by `__subclasses__` takes it for the class behind it."""

    def __getattribute__(cls, name: str) -> Any:
        # It has none, or a walk through all classes would come to what is behind it again and again.
        return list if name == "__subclasses__" else getattr(_behind(cls), name)

    def __eq__(cls, other: object) -> bool:
        return _behind(cls) == other

    def __hash__(cls) -> int:
        return hash(_behind(cls))

    def __repr__(cls) -> str:
        return repr(_behind(cls))

    def __call__(cls, *args: object, **kwargs: object) -> Any:
        return _behind(cls)(*args, **kwargs)

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, _behind(cls))

    def __subclasscheck__(cls, other: type[Any]) -> bool:
        return issubclass(other, _behind(cls))


def _behind(cls: type[Any]) -> type[Any]:
    behind: type[Any] = type.__dict__["__base__"].__get__(cls)
    return behind


class Watch(Hidden):
    """The class of those that are asked, each of which inherits from a hidden one, where nobody finds it."""

    __getattribute__ = type.__getattribute__  # at the speed of any class
    __eq__, __hash__ = type.__eq__, type.__hash__


def watch_of(classes: Iterable[type[Any]]) -> Watch | None:
    """A class that loses its version when one of `classes` is changed; None when there can be none."""
    chosen = list(dict.fromkeys(classes))
    bases = [one for one in chosen if not any(one is not other and issubclass(other, one) for other in chosen)]
    try:
        return _inheriting(*bases) if _WORKS and bases else None
    except TypeError:  # they cannot be inherited from together
        return None


def can_be_watched(cls: object) -> bool:
    """Whether it is a class that may be inherited from without anybody's notice."""
    if not isinstance(cls, type) or type(cls) is not type:
        return False
    return getattr(cls.__init_subclass__, "__module__", None) in _HARMLESS


def arm(watch: Watch) -> None:
    """Give `watch` a version, for what happens from now on."""
    with suppress(AttributeError):
        watch._  # type: ignore[attr-defined]  # noqa: B018 - there is none, but Python has looked


def _inheriting(*bases: type[Any]) -> Watch:
    body = {"__slots__": (), "__module__": __name__}
    # One for each: a hidden class that inherits from two would show those who find it only one of them.
    return Watch("Watch", tuple([Hidden("Hidden", (one,), body) for one in bases or (object,)]), body)


def _works() -> bool:
    """Whether this Python does what is said above."""
    parent: Any = type("Parent", (), {"method": None})
    between: Any = type("Between", (parent,), {})
    watch: Any = _inheriting(between)
    seen = []
    for change in (lambda: between.method, lambda: setattr(parent, "method", 1), lambda: setattr(between, "method", 2)):
        arm(watch)
        before = bool(watch.__flags__ & HAS_VERSION)
        change()
        _ = between.method, watch.__base__.method  # gives those above a version again
        seen.append((before, bool(watch.__flags__ & HAS_VERSION)))
    return seen == [(True, True), (True, False), (True, False)]


_WORKS: Final = _works()
NEVER: Final = _inheriting()
"""Is never armed, and so has no version at any time."""
