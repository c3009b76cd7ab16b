"""Which attributes of a class are a library's own, and so behave as a lever knows; the rest is left to DRF.

It is told by where the code was written, whatever `functools.wraps` says, and asked of what is there at the moment: a
patch of another package is no library code, whether it came before or comes after.
"""

from __future__ import annotations

from typing import Any, Final

from perfcompare.levers._replacing import (
    MISSING,
    Comparison,
    comparison,
    is_own_attribute,
    overriding,
)

_MOST: Final = 4096
_seen: dict[tuple[Any, ...], tuple[Comparison, bool]] = {}


def is_own(cls: type, *names: str) -> bool:
    """Whether a library or a lever defines what `cls` has under each of `names`; having none of it counts too."""
    try:
        found, verdict = _seen[cls, names]
        if (found.is_same and found.version.value) or found.same():
            return verdict
    except (KeyError, AttributeError):  # it is new, or something is gone
        pass
    return _examined(cls, names)


def objection(cls: type[Any], *names: str) -> str | None:
    """Which of them is not, and whose it is: the end of a sentence."""
    if is_own(cls, *names):
        return None
    found = (overriding(cls, name) for name in names if not _is_own(getattr(cls, name, MISSING)))
    return next(found, None)


def _examined(cls: type, names: tuple[str, ...]) -> bool:
    found = [(cls, name, getattr(cls, name, MISSING)) for name in names]
    verdict = all(_is_own(value) for _cls, _name, value in found)
    if len(_seen) >= _MOST:
        _seen.clear()
    _seen[cls, names] = comparison(found), verdict
    return verdict


def _is_own(attribute: object) -> bool:
    return attribute is MISSING or is_own_attribute(attribute)


def has_plain_attributes(cls: type) -> bool:
    """Whether an attribute of an instance of `cls` is what Python's own rules say."""
    return not any("__getattribute__" in vars(base) for base in cls.__mro__[:-1])
