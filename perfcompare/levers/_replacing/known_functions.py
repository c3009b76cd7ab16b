"""Functions of a library that a lever knows by heart: are they still those that the library was written with?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from operator import itemgetter
from types import (
    BuiltinFunctionType,
    ClassMethodDescriptorType,
    MethodDescriptorType,
    MethodType,
    MethodWrapperType,
    ModuleType,
    WrapperDescriptorType,
)
from typing import Any, Final

from perfcompare.levers._replacing.codes import functions_of, origin_of
from perfcompare.levers._replacing.comparison import MISSING, Attribute, attribute_of, comparison
from perfcompare.levers._replacing.judgement import overriding
from perfcompare.levers._replacing.replacement import is_ours, path_of

LIBRARIES: Final = (
    *("rest_framework.", "adrf.", "ninja.", "django.", "django_filters.", "django_redis.", "redis."),
    "perfcompare.levers.",
)
_BUILT_IN: Final = (
    *(type, BuiltinFunctionType, ClassMethodDescriptorType, MethodDescriptorType),
    *(MethodWrapperType, WrapperDescriptorType),
)
"""What is called and has no code of Python's."""
DATA: Final = (str, bool, type(None))
"""Types of attributes that are no code: a library has the ones that were there when a lever was loaded."""
_OF_MODULES: Final = (*LIBRARIES, "asgiref.")


def is_own_attribute(attribute: object) -> bool:
    """Whether the code of a method, a property or a plain value was written in one of the libraries."""
    if inner := _behind(attribute):
        return is_ours(attribute) or all(map(is_own_attribute, inner))
    functions = functions_of(attribute)
    if functions:
        return is_ours(attribute) or all(origin_of(one).startswith(LIBRARIES) for one in functions)
    kind = type(attribute)
    # What Python itself or C code defines; a proxy around a function says that it is one, and is none. Those of wrapt
    # are of C code too, and have no other module.
    if callable(attribute):
        return issubclass(kind, _BUILT_IN)
    return not hasattr(kind, "__get__") or f"{kind.__module__}.".startswith(("builtins.", *LIBRARIES))


def _behind(attribute: object) -> tuple[object, ...]:
    """What is called for a property or a method, which may be a proxy around a function."""
    given: Any = attribute
    kind = type(given)
    if issubclass(kind, property):
        return tuple(one for one in (given.fget, given.fset, given.fdel) if one is not None)
    return (given.__func__,) if issubclass(kind, (classmethod, staticmethod, MethodType)) else ()


def is_own_name(name: str, value: object) -> bool:
    """Whether the global `name` of a library's module is the class, function or module that is called so."""
    origin = path_of(value) if isinstance(value, (type, ModuleType)) else origin_of(value)
    return origin == name or (origin.startswith(_OF_MODULES) and origin.endswith(f".{name}"))


def _is_own(owner: object, name: str, value: object) -> bool:
    return is_own_name(name, value) if isinstance(owner, ModuleType) else is_own_attribute(value)


class Unpatched:
    """Attributes of classes and globals of modules, by their names; `changed` is called when others are found there.

    A class method is another object at each look, so its name is written `method.__func__`. An attribute that the
    library did not have is not looked at, unless it is one of `absent`: these may appear in any of the classes.
    """

    def __init__(
        self, known: Mapping[type | ModuleType, str], changed: Callable[[], object] = bool, *, absent: str = ""
    ) -> None:
        self._known = {(cls, name) for cls, names in known.items() for name in names.split() if _has(cls, name)}
        self._known |= {(cls, name) for cls in known for name in absent.split()}
        self._data = {one: value for one in self._known if type(value := _value(*one)) in DATA}
        self._changed = changed
        self.holds: Callable[[], bool] = self._look
        """Whether all are the library's own; asked at each use, it compares identities alone."""

    def found(self) -> Iterator[Attribute]:
        """The attributes as they are now."""
        return ((cls, name, _value(cls, name)) for cls, name in self._known)

    def objection(self) -> str | None:
        """What is not: the end of a sentence; None when all are."""
        return next(self._said(), None)

    def objections(self) -> Iterator[str]:
        """What is not, in sentences."""
        yield from (f"off where this is used: {said}." for said in self._said())

    def _said(self) -> Iterator[str]:
        if not self.holds():
            for cls, name in sorted(self._known, key=itemgetter(1)):
                value = _value(cls, name)
                if not self._is_own(cls, name, value):
                    yield _origin(cls, name, value)

    def _look(self) -> bool:
        """Take what is there now for what is to be compared from now on."""
        found = [*self.found()]
        is_stock = all(self._is_own(cls, name, value) for cls, name, value in found)
        if is_stock:
            self.holds = comparison(found, self._look).same
        else:
            same = comparison(found).holds
            self.holds = lambda: not same() and self._look()
        self._changed()
        return is_stock

    def _is_own(self, owner: object, name: str, value: object) -> bool:
        key = owner, name
        return value == self._data[key] if key in self._data else _is_own(owner, name, value)


def _origin(owner: object, name: str, value: object) -> str:
    if isinstance(owner, type):
        return overriding(owner, name.partition(".")[0])
    origin = path_of(value) if isinstance(value, type) else origin_of(value)
    return f"{origin} stands in the place of {path_of(owner)}.{name}"


def _has(owner: object, name: str) -> bool:
    return _value(owner, name) is not MISSING


def _value(owner: object, name: str) -> Any:
    try:
        return attribute_of(owner, name)
    except AttributeError:
        return MISSING
