"""Puts spans around functions and methods from outside. Only a worker of the audit does this."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from perfcompare.project.audit.spans import Key, Recorder

Label = Callable[[Any], str]
"""Names a span by the first argument of the wrapped function: for a method, the object."""


def of_class(it: Any) -> str:
    """The name of an object's class."""
    return type(it).__name__


def spanned(recorder: Recorder, function: Any, category: str, label: str | Label) -> Any:
    """`function` with a span around each call. A call by the same object from within is not told apart."""

    def key(args: tuple[Any, ...]) -> Key:
        return category, label if isinstance(label, str) else label(args[0])

    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def asynchronous(*args: Any, **kwargs: Any) -> Any:
            parent = recorder.current.get()
            if parent is None or parent.key == (named := key(args)):
                return await function(*args, **kwargs)
            span = recorder.begin(named, parent)
            try:
                return await function(*args, **kwargs)
            finally:
                recorder.end(span)

        return asynchronous

    @functools.wraps(function)
    def synchronous(*args: Any, **kwargs: Any) -> Any:
        parent = recorder.current.get()
        if parent is None or parent.key == (named := key(args)):
            return function(*args, **kwargs)
        span = recorder.begin(named, parent)
        try:
            return function(*args, **kwargs)
        finally:
            recorder.end(span)

    return synchronous


def put(owner: Any, name: str, value: Any) -> None:
    """Replace a function of a class or module that somebody else wrote."""
    setattr(owner, name, value)


def wrap(recorder: Recorder, owner: Any, names: Iterable[str], category: str, label: str | Label) -> None:
    """Put spans around these functions of a class or module, where it defines them itself."""
    for name in names:
        function = vars(owner).get(name)
        if inspect.isfunction(function):
            setattr(owner, name, spanned(recorder, function, category, label))
        elif isinstance(function, property) and function.fget is not None:
            setattr(owner, name, property(spanned(recorder, function.fget, category, label), function.fset))
        elif isinstance(function, classmethod):
            setattr(owner, name, classmethod(spanned(recorder, function.__func__, category, label)))


def wrap_family(recorder: Recorder, base: type, names: Iterable[str], category: str, label: str | Label) -> None:
    """The same for a class and every class below it that there is by now."""
    wanted = tuple(names)
    family: set[type] = {base, *below(base)}
    for one in family:
        wrap(recorder, one, wanted, category, label)


def below(base: type) -> Iterator[type]:
    """Every class that inherits from it."""
    subclasses: list[type] = type.__subclasses__(base)
    for one in subclasses:
        yield one
        yield from below(one)


def definer(kind: type, name: str) -> type | None:
    """The class from which `kind` has this attribute."""
    return next((one for one in kind.__mro__ if name in vars(one)), None)
