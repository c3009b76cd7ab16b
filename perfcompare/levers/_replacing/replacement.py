"""One attribute of another package's class or module, and what a lever puts in its place."""

from __future__ import annotations

from types import ModuleType
from typing import Any, Final

from perfcompare.levers._replacing.codes import ABSENT, NOTHING, fingerprint, functions_of, origin_of
from perfcompare.levers._replacing.likeness import dressed, function_of, relink
from perfcompare.levers._replacing.tally import Tally

_active: Final[list[Replacement]] = []
"""All that are in place, of all levers."""


class Replacement:
    """`new` in the place of the attribute `name` of `owner`, as long as that is the code which `new` was made for.

    `known` has the fingerprints of that code (see `codes`): one for each form that tested versions have. `home` says
    where the original is defined when that is not the owner. `new` takes the next of `calls` where its work begins,
    and calls `original` for whatever it leaves to stock, which may be another lever's function: levers stack on one
    another. `tally` has both counts. A `new` that is no function brings a `tally` of its own.
    """

    __slots__ = ("_found", "calls", "home", "inner", "known", "left", "name", "new", "owner", "tally", "value")

    def __init__(self, owner: Any, name: str, new: Any, *known: str, home: str = "") -> None:
        self.owner = owner
        self.name = name
        self.new = new
        self.known = known or (ABSENT,)
        self.home = home or f"{path_of(owner)}.{name}"
        self.value: Any = NOTHING
        """What stands in the owner because of this; NOTHING while that is the original."""
        self._found: Any = NOTHING
        self.inner: Any = function_of(self._present)
        """What it stands on. A `new` that only adds something to it calls it in this way, which is not counted."""
        self.tally: Tally = getattr(new, "tally", None) or Tally()
        self.calls, self.left = self.tally.calls, self.tally.left

    @property
    def original(self) -> Any:
        """What to call for whatever `new` leaves alone; asking for it counts as one call that stock does."""
        next(self.left)
        return self.inner

    @property
    def target(self) -> str:
        """The dotted path of the attribute."""
        return f"{path_of(self.owner)}.{self.name}"

    @property
    def is_active(self) -> bool:
        """Whether it is in place, perhaps below a patch that came later."""
        return self.value is not NOTHING

    @property
    def is_stuck(self) -> bool:
        """Whether it must stay, because a patch of another package stands on it and calls it."""
        return self.is_active and self._above is None and self._present is not self.value

    @property
    def patched_by(self) -> str | None:
        """The origin of a patch that another package has put over it since."""
        present = self._present
        return origin_of(present) if self.is_active and not is_ours(present) else None

    @property
    def _above(self) -> Replacement | None:
        """What another lever has put over it."""
        return next((one for one in _active if one._found is self.value), None)

    @property
    def _present(self) -> Any:
        return vars(self.owner).get(self.name, NOTHING)

    def refusal(self) -> str | None:
        """Why it must not be installed, as a sentence; None when it may be."""
        present = self._present
        if self.is_active or is_ours(present):
            return None
        code = fingerprint(present)
        if code in self.known:
            return None
        if present is NOTHING:
            return f"{self.target} does not exist here."
        if ABSENT in self.known:
            return f"{self.target} exists here, and the lever would add it."
        if functions_of(present) and origin_of(present) == self.home:
            return f"The code of {self.target} (fingerprint {code}) is not what the lever was tested with."
        return f"{self.target} has been replaced by {origin_of(present)}."

    def install(self) -> None:
        """Put it in place. `refusal` must have been asked."""
        if self.is_active:
            return
        self._found = self._present
        self.inner = function_of(self._found)
        value = dressed(self.new, self._found, self.owner, self.name)
        setattr(self.owner, self.name, value)
        self.value = value
        _active.append(self)

    def uninstall(self) -> None:
        """Take it away, unless it `is_stuck`; what another lever has put over it calls the original from then on."""
        if not self.is_active or self.is_stuck:
            return
        above = self._above
        if above is not None:
            above._found, above.inner = self._found, function_of(self._found)
            relink(above.value, self._found)
        elif self._found is NOTHING:
            delattr(self.owner, self.name)
        else:
            setattr(self.owner, self.name, self._found)
        _active.remove(self)
        self.value = NOTHING


def is_ours(value: Any) -> bool:
    """Whether `value` is what a lever has put in the place of an attribute."""
    return any(one.value is value for one in _active)


def path_of(owner: Any) -> str:
    """The dotted path of a module, of a class, or of the class of an object."""
    if isinstance(owner, ModuleType):
        return owner.__name__
    cls = owner if isinstance(owner, type) else type(owner)
    return f"{cls.__module__}.{cls.__qualname__}"
