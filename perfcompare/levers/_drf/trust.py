"""Which attributes of a class are a library's own, and so behave as a lever knows; the rest is left to DRF.

It is told by where the code was written, whatever `functools.wraps` says, and asked of what is there at the moment: a
patch of another package is no library code, whether it came before or comes after.
"""

from __future__ import annotations

from functools import cache
from operator import attrgetter
from typing import Any, Final

from perfcompare.levers._replacing import is_own_attribute

_MISSING: Final = object()
_MOST: Final = 4096
_known: dict[Any, bool] = {}
_getter: Final = cache(attrgetter)


def is_own(cls: Any, *names: str) -> bool:
    """Whether a library or a lever defines what `cls` has under each of `names`; having none of it counts too."""
    try:
        values = _getter(*names)(cls)
        return _known[values]
    except (AttributeError, KeyError, TypeError):  # something is missing, is new, or cannot be hashed
        return _examined(tuple([getattr(cls, name, _MISSING) for name in names]))


def _examined(values: tuple[Any, ...]) -> bool:
    key = values if len(values) > 1 else values[0]
    try:
        known = _known.get(key)
    except TypeError:
        return all(map(_is_own, values))
    if known is None:
        if len(_known) >= _MOST:
            _known.clear()
        known = _known[key] = all(map(_is_own, values))
    return known


def _is_own(attribute: Any) -> bool:
    return attribute is _MISSING or is_own_attribute(attribute)


def has_plain_attributes(cls: type) -> bool:
    """Whether an attribute of an instance of `cls` is what Python's own rules say."""
    return not any("__getattribute__" in vars(base) for base in cls.__mro__[:-1])
