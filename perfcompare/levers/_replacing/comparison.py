"""Whether many attributes are still the ones that something was proved of: it is asked at each use.

They are compared by identity, because a proxy around a function, as those of wrapt, says that it is equal to the
function. A class of which several are asked is watched instead (see `watch`), and they are compared only when it was
changed: that takes a fraction of the time and of the processor's cache.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Lock
from typing import Any, Final

from perfcompare.levers._replacing.watch import HAS_VERSION, arm, can_be_watched, flags_of, watch_of

MISSING: Final = object()
"""What stands for an attribute that the owner does not have."""
_FEW: Final = 2
"""So many attributes are compared as fast as it is asked whether a class was changed."""

Attribute = tuple[Any, str, Any]
"""An owner, the dotted name of an attribute of it, and a value."""


def comparison(attributes: Iterable[Attribute]) -> Callable[[], bool]:
    """Whether each attribute has that value; when one was there and is gone it raises AttributeError."""
    given = tuple(attributes)
    watched = [one for one in given if can_be_watched(one[0])]
    watch = watch_of(owner for owner, _name, _value in watched) if len(watched) > _FEW else None
    if watch is None:
        return _expression(given)
    looked_at = _expression(watched)
    rest = _expression(one for one in given if one not in watched) if len(watched) < len(given) else None
    is_same = False
    looking = Lock()

    def same() -> bool:
        nonlocal is_same
        if not flags_of(watch) & HAS_VERSION:
            # Two that look at once could keep what one of them saw before a change that the other one has seen. Nor is
            # it waited for, because a fork may leave a lock taken: whoever hears "no" looks for itself.
            if not looking.acquire(blocking=False):
                return False
            try:
                is_same = False  # should what follows raise an error
                arm(watch)  # first, so that no change falls between the two
                is_same = looked_at()
            finally:
                looking.release()
        return is_same and (rest is None or rest())

    return same


def _expression(attributes: Iterable[Attribute]) -> Callable[[], bool]:
    names: dict[str, Any] = {"MISSING": MISSING}
    terms = []
    for number, (owner, name, value) in enumerate(attributes):
        key = next((key for key, known in names.items() if known is owner), f"o{number}")
        names |= {key: owner}
        if value is MISSING:
            terms.append(f"getattr({key}, {name!r}, MISSING) is MISSING")
        else:
            names[f"v{number}"] = value
            terms.append(f"{key}.{name} is v{number}")
    source = f"lambda {', '.join(f'{name}={name}' for name in names)}: {' and '.join(terms) or True}"
    made: Callable[[], bool] = eval(source, names)  # noqa: S307 - names of attributes alone
    return made
