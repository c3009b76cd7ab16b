"""Whether many attributes are still the ones that something was proved of: it is asked at each use.

They are compared by identity, because a proxy around a function, as those of wrapt, says that it is equal to the
function. A class of which several are asked is watched instead (see `watch`), and they are compared only when it was
changed: that takes a fraction of the time and of the processor's cache.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from threading import Lock
from types import FunctionType, MappingProxyType, MethodType
from typing import Any, Final

from perfcompare.levers._replacing.watch import NEVER, Tag, Version, arm, can_be_watched, number_of, tag_of, watch_of

MISSING: Final = object()
"""What stands for an attribute that the owner does not have."""
_FEW: Final = 2
"""So many attributes are compared as fast as it is asked whether a class was changed."""

_SEVERAL: Final = 6
"""So are so many, when some of them can only be compared."""
_MANY: Final = 100
"""After so many changes of a class its attributes are compared one by one."""

Attribute = tuple[Any, str, Any]
"""An owner, the name of an attribute of it as `attribute_of` takes it, and a value. With `vars` of a class as the owner
it is what stands there, and no descriptor of it is asked."""


def attribute_of(owner: object, name: str) -> Any:
    """The attribute `name` of `owner`; `method.__func__` is the function of a class method, which is another object at
    each look. A proxy around one, as those of wrapt, says that it has that function: there it is the proxy."""
    first, _, rest = name.partition(".")
    found = getattr(owner, first)
    return found.__func__ if rest and type(found) is MethodType else found


class Comparison:
    """Whether each attribute has the value given; when one was there and is gone it raises AttributeError.

    Who asks often looks first whether `is_same` is true and `version` is not 0, and asks `same` otherwise.
    """

    __slots__ = ("_compare", "_looking", "_looks", "_same", "_version", "is_same", "same", "version")

    def __init__(self, attributes: Iterable[Attribute], otherwise: Callable[[], bool] | None = None) -> None:
        given = tuple(attributes)
        classes = {id(owner) for owner in {id(one[0]): one[0] for one in given}.values() if can_be_watched(owner)}
        watched = [one for one in given if id(one[0]) in classes]
        rest = [one for one in given if id(one[0]) not in classes]
        few = len(watched) <= _FEW or (bool(rest) and len(given) <= _SEVERAL)
        version = None if few else watch_of(owner for owner, _name, _value in watched)
        self._version = version
        terms = _Terms(given if version is None else watched)
        self._compare = terms()
        self.same: Callable[[], bool] = (
            terms(otherwise=otherwise) if version is None else _Terms(rest)(self, version, otherwise)
        )
        """The answer; what `otherwise` says in the place of "no"."""
        self.version = NEVER if version is None or rest else version
        self.is_same = False
        """Never true where there is more to compare than what is watched."""
        self._same = False
        """What the watched attributes were at the last look."""
        self._looking = Lock()
        self._looks = 0

    def __call__(self) -> bool:
        """The answer."""
        return self.same()

    def holds(self) -> bool:
        """The answer, which is no when something is gone."""
        try:
            return self.same()
        except AttributeError:
            return False

    def look(self) -> bool:
        """Whether the watched attributes have their values, after a change of their classes."""
        version = self._version
        if version is None:
            return self._compare()
        if not version.value:
            # Two that look at once could keep what one of them saw before a change that the other one has seen. Nor is
            # it waited for, because a fork may leave a lock taken: whoever hears "no" looks for itself.
            if not self._looking.acquire(blocking=False):
                return False
            try:
                self.is_same = self._same = False  # should what follows raise an error
                arm(version)  # first, so that no change falls between the two
                self._same = self._compare()
                self.is_same = self._same and self.version is version
            finally:
                self._looking.release()
            self._count_look()
        return self._same

    def _count_look(self) -> None:
        """Django itself counts in an attribute of some classes: there a look at each attribute costs less."""
        self._looks += 1
        if self._looks > _MANY:
            self._version, self.version, self.is_same = None, NEVER, False


def comparison(attributes: Iterable[Attribute], otherwise: Callable[[], bool] | None = None) -> Comparison:
    """Of those attributes."""
    return Comparison(attributes, otherwise)


class _Terms:
    """Comparisons in one expression."""

    def __init__(self, attributes: Iterable[Attribute], *, tagged: bool = True) -> None:
        self._names: dict[str, Any] = {"MISSING": MISSING, "method": MethodType}
        terms: list[str] = []
        keys: dict[int, str] = {}
        given = tuple(attributes)
        for number, (owner, name, value) in enumerate(self._untagged(given, terms) if tagged else given):
            key = keys.setdefault(id(owner), f"o{number}")
            self._names[key] = owner
            own, (first, _, of_method) = _own(owner, name, value), name.partition(".")
            if type(owner) is MappingProxyType:
                self._names[f"v{number}"] = value
                found = f"{key}.get({name!r}, MISSING)" if value is MISSING else f"{key}[{name!r}]"
                terms.append(f"{found} is v{number}")
            elif value is MISSING:
                terms.append(f"getattr({key}, {name!r}, MISSING) is MISSING")
            elif own is not None:
                self._names.update({f"d{number}": vars(owner).get, f"v{number}": own})
                terms.append(f"d{number}({first!r}) is v{number}")
            elif of_method:
                self._names[f"v{number}"] = value
                terms.append(f"type(m := {key}.{first}) is method and m.__func__ is v{number}")
            else:
                self._names[f"v{number}"] = value
                terms.append(f"{key}.{name} is v{number}")
        self._source = " and ".join(terms) or "True"

    def _untagged(self, attributes: tuple[Attribute, ...], terms: list[str]) -> Iterator[Attribute]:
        """What is left when a class of somebody's metaclass, which cannot be watched, is asked for its version."""
        owners = {id(owner): owner for owner, _name, _value in attributes}
        for number, (key, owner) in enumerate(owners.items()):
            own = [one for one in attributes if id(one[0]) == key]
            tag = tag_of(owner) if len(own) > _SEVERAL and _is_answered_by_itself(owner, own) else None
            if tag is None:
                yield from own
            else:
                self._names |= {f"t{number}": tag, f"l{number}": _look_of(tag, own)}
                terms.append(f"(t{number}.seen == t{number}.value or l{number}())")

    def __call__(
        self,
        found: Comparison | None = None,
        version: Version | None = None,
        otherwise: Callable[[], bool] | None = None,
    ) -> Callable[[], bool]:
        """A function that compares them, beside what `version` says of those that `found` has looked at."""
        names, source = {**self._names}, self._source
        if version is not None:
            names |= {"found": found, "version": version}
            source = f"(found._same and version.value or found.look()) and {source}"
        if otherwise is not None:
            names |= {"otherwise": otherwise}
            source = f"{source} or otherwise()"
        defaults = ", ".join(f"{name}={name}" for name in names)
        made: Callable[[], bool] = eval(f"lambda {defaults}: {source}", names)  # noqa: S307 - names of attributes alone
        return made


def _own(owner: Any, name: str, value: object) -> object | None:
    """What a class of somebody's metaclass, which may take its time to say what it has, keeps for that value."""
    if not isinstance(owner, type) or type(owner) is type:
        return None
    first, _, rest = name.partition(".")
    kept = vars(owner).get(first)
    if hasattr(type(inspect.getattr_static(type(owner), first, None)), "__set__"):
        return None  # the metaclass answers
    is_value = kept is value if not rest else type(kept) is classmethod and kept.__func__ is value
    return kept if is_value and type(kept) in (FunctionType, classmethod) else None


def _is_answered_by_itself(owner: object, attributes: list[Attribute]) -> bool:
    """Whether it is a class with a metaclass that answers for none of those attributes."""
    if not isinstance(owner, type) or type(owner) is type:
        return False
    names = (name.partition(".")[0] for _owner, name, _value in attributes)
    return not any(hasattr(type(inspect.getattr_static(type(owner), name, None)), "__set__") for name in names)


def _look_of(tag: Tag, attributes: list[Attribute]) -> Callable[[], bool]:
    """Compares the attributes, which need not be compared again as long as their class keeps its version."""
    compare = _Terms(attributes, tagged=False)()

    def look() -> bool:
        number = number_of(tag)  # first: a change after this makes it another one
        same = compare()
        tag.seen = number if same else -1
        return same

    return look


DIFFERENT: Final = comparison([(object, "__doc__", None)])
"""What is never the same: nothing has been looked at yet."""
