"""What takes the place of an attribute looks like it: the same kind, name, module, docstring and signature.

Documentation tools read these (drf-spectacular takes the description of an endpoint from a method's docstring), and
`inspect.signature` follows `__wrapped__` to the original.
"""

from __future__ import annotations

import functools
from types import FunctionType
from typing import Any

from django.utils.functional import cached_property

from perfcompare.levers._replacing.codes import functions_of


def dressed(new: object, original: object, owner: Any, name: str) -> object:
    """`new`, a function, as the kind of attribute that `original` is; anything but a function stays as it is."""
    functions = functions_of(original)
    if not isinstance(new, FunctionType) or not functions:
        return new
    functools.update_wrapper(new, functions[0])
    if isinstance(original, property):
        return property(new, original.fset, original.fdel, original.__doc__)
    if isinstance(original, cached_property):
        made: cached_property[Any] = cached_property(new)
        made.__set_name__(owner, name)
        return made
    return new


def relink(value: object, original: object) -> None:
    """Let `inspect` find `original` behind `value`, which used to stand for something else."""
    for new, old in zip(functions_of(value)[:1], functions_of(original)[:1], strict=False):
        new.__wrapped__ = old  # type: ignore[attr-defined]


def function_of(attribute: object) -> Any:
    """What is called for `attribute`: a property's getter, a cached property's function, or itself."""
    functions = functions_of(attribute)
    return functions[0] if functions else attribute
