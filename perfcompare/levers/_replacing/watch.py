"""Notices that a class, or one that it inherits from, was changed, without a look at each of its attributes.

Python gives a class a version, a number, when an attribute is looked up, and takes it from the class and from all that
inherit from it when one is set (https://docs.python.org/3.13/c-api/typeobj.html#c.PyTypeObject.tp_version_tag). Nobody
but this module looks up anything in a class of its own that inherits from the watched ones, so that it has a version
for as long as none of them was changed since the last look. Since 3.13 no flag of a class says whether it has one, so
the number is read where the class keeps it, at a place that is found by trying. Where there is no such place, nothing
can be watched, and everything is compared each time.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Final

try:
    from ctypes import c_uint, string_at
except ImportError:  # a Python may have been built without libffi

    class c_uint:  # type: ignore[no-redef]  # stands for it, and is always 0
        value = 0

    string_at = None  # type: ignore[assignment]

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


class Version(c_uint):
    """The version of a class of this module: 0 when a class that it inherits from was changed since `arm`."""

    cls: Watch | None = None


class Tag(c_uint):
    """The version of any class: the same number as long as neither it nor one that it inherits from was changed."""

    cls: type[Any]
    seen: int = -1
    """The number that something was proved of, which is no number when nothing was."""


def tag_of(cls: type[Any]) -> Tag | None:
    """That of `cls`; None where its attributes are not those that its version is for, or where there is none."""
    answers: Any = type(cls).__getattribute__
    if _PLACE is None or answers is not type.__getattribute__:
        return None
    made = Tag.from_address(id(cls) + _PLACE)
    made.cls = cls
    return made


def number_of(tag: Tag) -> int:
    """The number that the class has for what happens from now on; -1 when Python gives it none any more."""
    _look_up(tag.cls)
    return tag.value or -1


NEVER: Final = Version()
"""Of no class: is never armed."""


def watch_of(classes: Iterable[type[Any]]) -> Version | None:
    """The version of a class that loses it when one of `classes` is changed; None when there can be none."""
    chosen = list(dict.fromkeys(classes))
    bases = [one for one in chosen if not any(one is not other and issubclass(other, one) for other in chosen)]
    if _PLACE is None or not bases:
        return None
    try:
        return _version_of(_inheriting(*bases), _PLACE)
    except TypeError:  # they cannot be inherited from together
        return None


def can_be_watched(cls: object) -> bool:
    """Whether it is a class that may be inherited from without anybody's notice."""
    if not isinstance(cls, type) or type(cls) is not type:
        return False
    return getattr(cls.__init_subclass__, "__module__", None) in _HARMLESS


def arm(version: Version) -> None:
    """Give the class a version, for what happens from now on."""
    _look_up(version.cls)


def _look_up(cls: object) -> None:
    with suppress(AttributeError):
        cls._  # type: ignore[attr-defined]  # noqa: B018 - there is none, but Python has looked


def _inheriting(*bases: type[Any]) -> Watch:
    body = {"__slots__": (), "__module__": __name__}
    # One for each: a hidden class that inherits from two would show those who find it only one of them.
    return Watch("Watch", tuple([Hidden("Hidden", (one,), body) for one in bases]), body)


def _version_of(cls: Watch, place: int) -> Version:
    version = Version.from_address(id(cls) + place)
    version.cls = cls  # which must not go before the version does
    return version


def _place() -> int | None:
    """How far behind the beginning of a class its version is, in bytes; None where that is not certain."""
    if string_at is None or sys.implementation.name != "cpython":  # elsewhere `id` is no address
        return None
    parent: Any = type("Parent", (), {"method": None})
    between: Any = type("Between", (parent,), {})
    watch: Any = _inheriting(between)
    looks = []
    for change in (lambda: between.method, lambda: setattr(parent, "method", 1), lambda: setattr(between, "method", 2)):
        _look_up(watch)
        before = _numbers(watch)
        change()
        _ = between.method, watch.__base__.method  # gives those above a version again
        looks.append((before, _numbers(watch)))
    (read, same), *changes = looks
    found = [
        number
        for number, value in enumerate(read)
        if value and same[number] == value and all(one[number] and not other[number] for one, other in changes)
    ]
    return found[0] * read.itemsize if len(found) == 1 else None


def _numbers(cls: type[Any]) -> memoryview:
    """What a class consists of, as numbers of the size of a version."""
    return memoryview(string_at(id(cls), type.__basicsize__)).cast("I")  # type: ignore[arg-type]  # of a slot


_PLACE: Final = _place()
