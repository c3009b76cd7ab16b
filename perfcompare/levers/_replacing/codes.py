"""A fingerprint of what an attribute runs: the same for the same code on every Python, another one for other code.

It is made of the code object, so it needs no source and sees a function whose code was exchanged in place. It holds
the names that the code uses, its arguments and its texts, in no order: that is what stays the same when another Python
compiles the same source. A change that uses exactly the same names has the same fingerprint; the range of tested
versions (`versions`) is the second guard.
"""

from __future__ import annotations

import dis
import functools
import hashlib
import inspect
from collections.abc import Iterable, Iterator
from types import CodeType, FunctionType, MethodType
from typing import Any, Final

ABSENT: Final = "absent"
"""The fingerprint of an attribute that the owner does not have."""


class Absent:
    """The type of `NOTHING`."""


NOTHING: Final = Absent()
"""Stands for an attribute that the owner does not have."""

_KIND: Final = (
    inspect.CO_VARARGS
    | inspect.CO_VARKEYWORDS
    | inspect.CO_GENERATOR
    | inspect.CO_COROUTINE
    | inspect.CO_ASYNC_GENERATOR
)
_OF_CLASSES: Final = frozenset({"__firstlineno__", "__static_attributes__"})
"""What Python 3.13 sets in the body of a class that a function defines."""


def functions_of(attribute: object) -> tuple[FunctionType, ...]:
    """The Python functions behind a method, a property, a cached property; none behind a plain value.

    A proxy that only says that it is a function, as those of wrapt do, is none: it runs other code.
    """
    given: Any = attribute
    kind = type(given)  # not what a proxy says that it is
    if issubclass(kind, property):
        found: tuple[object, ...] = (given.fget, given.fset, given.fdel)
    elif issubclass(kind, (classmethod, staticmethod, MethodType)):
        found = (given.__func__,)
    else:
        found = (given, getattr(given, "func", None))
    return tuple(one for one in found if type(one) is FunctionType)


def fingerprint(attribute: object) -> str:
    """Twelve hexadecimal digits for code; ABSENT for `NOTHING`; the `repr` of a plain value."""
    if attribute is NOTHING:
        return ABSENT
    functions = functions_of(attribute)
    if not functions:
        return repr(attribute)
    words = [type(attribute).__name__, *(word for function in functions for word in _words(function))]
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:12]


def origin_of(attribute: object) -> str:
    """Where the code of `attribute` was written, whatever `functools.wraps` says: `module.Class.method`."""
    functions = functions_of(attribute)
    if not functions:
        return f"{type(attribute).__module__}.{type(attribute).__qualname__}"
    return f"{functions[0].__globals__.get('__name__')}.{functions[0].__code__.co_qualname}"


def is_constant(attribute: object) -> bool:
    """Whether `attribute` is a function that says the same at each call: it reads neither names nor arguments."""
    return type(attribute) is FunctionType and _reads_nothing(attribute.__code__)


@functools.lru_cache(maxsize=1024)
def _reads_nothing(code: CodeType) -> bool:
    if code.co_flags & _KIND or code.co_names or code.co_freevars or code.co_cellvars:
        return False
    return not any(one.opname.startswith("LOAD_FAST") for one in dis.get_instructions(code))


def _words(function: FunctionType) -> Iterator[str]:
    code = function.__code__
    arguments = code.co_argcount + code.co_kwonlyargcount
    yield f"{origin_of(function)} {code.co_argcount} {code.co_kwonlyargcount} {code.co_flags & _KIND}"
    yield ",".join(code.co_varnames[:arguments])
    # The docstring is no code, and is gone under `python -OO`.
    yield from sorted({word for word in _used(code) if word != _plain(function.__doc__ or "")})


def _used(code: CodeType) -> Iterator[str]:
    """The names and texts in `code` and in the functions inside it; Python's own names begin with a dot."""
    for names in (code.co_names, code.co_varnames, code.co_cellvars, code.co_freevars):
        yield from (name for name in names if not name.startswith(".") and name not in _OF_CLASSES)
    yield from _texts(code.co_consts)


def _texts(constants: Iterable[object]) -> Iterator[str]:
    for constant in constants:
        if isinstance(constant, str):
            yield _plain(constant)
        elif isinstance(constant, CodeType):
            yield from _used(constant)
        elif isinstance(constant, (tuple, frozenset)):
            yield from _texts(constant)


def _plain(text: str) -> str:
    """A text with single spaces: Python 3.13 strips the indentation of docstrings."""
    return " ".join(text.split())
