"""Whether many attributes are still the ones that something was proved of: it is asked at each use.

They are compared by identity, because a proxy around a function, as those of wrapt, says that it is equal to the
function. A class of which several are asked is watched instead (see `watch`), and they are compared only when it was
changed: that takes a fraction of the time and of the processor's cache.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from threading import Lock
from typing import Any, Final

from perfcompare.levers._replacing.watch import HAS_VERSION, NEVER, arm, can_be_watched, flags_of, watch_of

MISSING: Final = object()
"""What stands for an attribute that the owner does not have."""
_FEW: Final = 2
"""So many attributes are compared as fast as it is asked whether a class was changed."""

_SEVERAL: Final = 6
"""So are so many, when some of them can only be compared."""
_MANY: Final = 100
"""After so many changes of a class its attributes are compared one by one."""

Attribute = tuple[Any, str, Any]
"""An owner, the dotted name of an attribute of it, and a value."""


class Comparison:
    """Whether each attribute has the value given; when one was there and is gone it raises AttributeError.

    Who asks often looks at `watch` first, and asks `same` only where it has no version or `is_same` is False.
    """

    __slots__ = ("_compare", "_looking", "_looks", "_rest", "_watch", "is_same", "same", "watch")

    def __init__(self, attributes: Iterable[Attribute]) -> None:
        given = tuple(attributes)
        watched = [one for one in given if can_be_watched(one[0])]
        rest = [one for one in given if one not in watched]
        few = len(watched) <= _FEW or (bool(rest) and len(given) <= _SEVERAL)
        watch = None if few else watch_of(owner for owner, _name, _value in watched)
        self._watch = watch
        self._rest = _expression(rest)
        self._compare = _expression(given if watch is None else watched)
        self.same: Callable[[], bool] = self._compare if watch is None else self._look
        """The long way to the answer."""
        self.watch = NEVER if watch is None or rest else watch
        self.is_same = False
        self._looking = Lock()
        self._looks = 0

    def __call__(self) -> bool:
        """The answer."""
        return self.same()

    def _look(self) -> bool:
        watch = self._watch
        if watch is None:
            return self._compare()
        if not flags_of(watch) & HAS_VERSION:
            # Two that look at once could keep what one of them saw before a change that the other one has seen. Nor is
            # it waited for, because a fork may leave a lock taken: whoever hears "no" looks for itself.
            if not self._looking.acquire(blocking=False):
                return False
            try:
                self.is_same = False  # should what follows raise an error
                arm(watch)  # first, so that no change falls between the two
                self.is_same = self._compare()
            finally:
                self._looking.release()
            self._count_look()
        return self.is_same and self._rest()

    def _count_look(self) -> None:
        """Django itself counts in an attribute of some classes: there a look at each attribute costs less."""
        self._looks += 1
        if self._looks > _MANY:
            compare, rest = self._compare, self._rest
            self.same = self._compare = lambda: compare() and rest()
            self._watch, self.watch = None, NEVER


def comparison(attributes: Iterable[Attribute]) -> Comparison:
    """Of those attributes."""
    return Comparison(attributes)


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


DIFFERENT: Final = comparison([(object, "__doc__", None)])
"""What is never the same: nothing has been looked at yet."""
