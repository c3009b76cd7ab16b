"""Which attributes of a class are a library's own, and so behave as a lever knows; the rest is left to DRF."""

from __future__ import annotations

import functools
import inspect
from typing import Any, Final

_LIBRARIES: Final = ("rest_framework.", "adrf.", "perfcompare.levers.")
_MISSING: Final = object()


def is_own(cls: Any, *names: str) -> bool:
    """Whether DRF, adrf or a lever defines what `cls` has under each of `names`; having none of it counts too."""
    return _are_own(cls, names)


@functools.lru_cache(maxsize=4096)
def _are_own(cls: Any, names: tuple[str, ...]) -> bool:
    return all(_is_own(inspect.getattr_static(cls, name, _MISSING)) for name in names)


def _is_own(attribute: Any) -> bool:
    if isinstance(attribute, (classmethod, staticmethod)):
        attribute = attribute.__func__
    attribute = getattr(attribute, "fget", None) or getattr(attribute, "func", attribute)
    module = getattr(attribute, "__module__", None)
    return attribute is _MISSING or module is None or module.startswith(_LIBRARIES)


def has_plain_attributes(cls: type) -> bool:
    """Whether an attribute of an instance of `cls` is what Python's own rules say."""
    return not any("__getattribute__" in vars(base) for base in cls.__mro__[:-1])
