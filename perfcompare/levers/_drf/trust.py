"""Which attributes of a class are a library's own, and so behave as a lever knows; the rest is left to DRF.

It is told by where the code was written, whatever `functools.wraps` says, and asked of what is there at the moment: a
patch of another package is no library code, whether it came before or comes after.
"""

from __future__ import annotations

from typing import Any, Final

from perfcompare.levers._replacing import functions_of, is_ours, origin_of

_LIBRARIES: Final = ("rest_framework.", "adrf.", "django.", "perfcompare.levers.")
_MISSING: Final = object()
_MOST: Final = 4096
_known: dict[Any, bool] = {}


def is_own(cls: Any, *names: str) -> bool:
    """Whether DRF, adrf or a lever defines what `cls` has under each of `names`; having none of it counts too."""
    values = tuple([getattr(cls, name, _MISSING) for name in names])
    try:
        known = _known.get(values)
    except TypeError:  # not hashable
        return all(map(is_own_attribute, values))
    if known is None:
        if len(_known) >= _MOST:
            _known.clear()
        known = _known[values] = all(map(is_own_attribute, values))
    return known


def is_own_attribute(attribute: Any) -> bool:
    """Whether the code of a method, a property or a plain value is a library's."""
    function = getattr(attribute, "__func__", attribute)
    functions = functions_of(function)
    if functions:
        return is_ours(attribute) or all(origin_of(one).startswith(_LIBRARIES) for one in functions)
    # What Python itself or C code defines; a proxy around a function says that it is one, and is none.
    return attribute is _MISSING or not callable(attribute) or type(attribute).__module__ == "builtins"


def has_plain_attributes(cls: type) -> bool:
    """Whether an attribute of an instance of `cls` is what Python's own rules say."""
    return not any("__getattribute__" in vars(base) for base in cls.__mro__[:-1])
