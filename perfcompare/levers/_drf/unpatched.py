"""Functions of a library that a lever knows by heart: are they still those that the library was written with?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from perfcompare.levers._drf.trust import is_own_attribute
from perfcompare.levers._replacing import origin_of


class Unpatched:
    """The attributes of some classes, given by their names; `changed` is called when other ones are found there."""

    def __init__(self, known: Mapping[Any, str], changed: Callable[[], object]) -> None:
        self._known = {(cls, name) for cls, names in known.items() for name in names.split() if hasattr(cls, name)}
        self._changed = changed
        self._compare: Callable[[], bool] = bool
        self._is_stock = True

    def holds(self) -> bool:
        """Whether all are the library's own; asked at each use, it compares identities alone."""
        return (self._compare() or self._look()) and self._is_stock

    def objections(self) -> Iterator[str]:
        """What is not, in sentences."""
        if not self.holds():
            for cls, name in self._known:
                if not is_own_attribute(getattr(cls, name)):
                    origin = origin_of(getattr(cls, name))
                    yield f"off everywhere: {origin} stands in the place of {cls.__module__}.{cls.__qualname__}.{name}."

    def _look(self) -> bool:
        """Take what is there now for what is to be compared from now on."""
        names: dict[str, Any] = {}
        terms = []
        self._is_stock = True
        for number, (cls, name) in enumerate(self._known):
            value = getattr(cls, name)
            self._is_stock = self._is_stock and is_own_attribute(value)
            names |= {f"c{number}": cls, f"v{number}": value}
            terms.append(f"c{number}.{name} is v{number}")
        source = f"lambda {', '.join(f'{name}={name}' for name in names)}: {' and '.join(terms)}"
        self._compare = eval(source, names)  # noqa: S307 - names of attributes alone
        self._changed()
        return True
