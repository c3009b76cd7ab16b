"""Proofs that the methods which a lever goes past are Django's own.

A lever that goes a shorter way does not run the methods on the longer one. That is right only while these are the ones
that it was made for: no subclass overrides them, and nobody has assigned to them. A proof is remembered for the very
functions that it was made for and compared with those that are there now, at each use, by identity. So it is true of a
subclass, of a patch that came before, and of one that comes at any time after; and it is true again when that goes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import FunctionType
from typing import Any, Final

from perfcompare.levers._replacing import (
    DIFFERENT,
    Attribute,
    Comparison,
    Unpatched,
    attribute_of,
    comparison,
    functions_of,
    is_ours,
    origin_of,
)

_ASYNC_UNSAFE: Final = "django.utils.asyncio.async_unsafe.<locals>.decorator.<locals>.inner"
_BY_TESTS: Final = (
    "django.test.testcases.SimpleTestCase.ensure_connection_patch_method.<locals>.patched_ensure_connection"
)
"""Django's own tests forbid threads to connect, and change nothing else."""
_MOST: Final = 1000


class Stock:
    """The attributes `names` of the class `home`, two at least, which a class must have unchanged.

    `cls.method` of a class method is another object at each look, so its name is written `method.__func__`.
    """

    __slots__ = ("_home", "_seen", "names")

    def __init__(self, home: type[Any], *names: str) -> None:
        self._home = home
        self.names = names
        self._seen: dict[type[Any], tuple[Comparison, str | None]] = {}
        """By the class, whether it still is as it was looked at, and what was said then."""

    def holds(self, cls: type[Any]) -> bool:
        """Whether `cls` has them all from `home`, as they were written there."""
        try:
            found, said = self._seen[cls]
            if (found.is_same and found.version.value) or found.same():
                return said is None
            return self._look(cls) is None
        except (KeyError, AttributeError):
            return self._look(cls) is None

    def objection(self, cls: type[Any]) -> str | None:
        """What is not stock about `cls`: the end of a sentence; None where nothing is."""
        return self._look(cls)

    def of(self, cls: type[Any]) -> StockClass:
        """The proof for one class."""
        return StockClass(stock=self, cls=cls)

    def _look(self, cls: type[Any]) -> str | None:
        try:
            given = tuple(self.of(cls).found())
        except AttributeError as error:
            return f"{path(cls)} is not as it should be: {error}"
        said = next(
            (_said(cls, plain, value) for _, name, value in given if not self._is_own(plain := _plain(name), value)),
            None,
        )
        if len(self._seen) >= _MOST:
            self._seen.clear()
        self._seen[cls] = comparison(given), said
        return said

    def _is_own(self, name: str, value: object) -> bool:
        definer = next(one for one in self._home.__mro__ if name in vars(one))
        if definer is object:
            return value is vars(object)[name]
        functions = functions_of(value)
        return is_ours(value) or (bool(functions) and all(_is_written_in(definer, name, one) for one in functions))


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class StockClass:
    """That one class has the attributes of `stock` unchanged."""

    stock: Stock
    cls: type[Any]

    def holds(self) -> bool:
        """Whether it has."""
        return self.stock.holds(self.cls)

    def objection(self) -> str | None:
        """As `Stock.objection`."""
        return self.stock.objection(self.cls)

    def found(self) -> Iterator[Attribute]:
        """The attributes as they are now; raises AttributeError where one is missing."""
        return ((self.cls, name, attribute_of(self.cls, name)) for name in self.stock.names)


Proof = StockClass | Unpatched


class Together:
    """Several proofs, asked as one."""

    __slots__ = ("_found", "_proofs")

    def __init__(self, *proofs: Proof) -> None:
        self._proofs = proofs
        self._found = DIFFERENT

    def hold(self) -> bool:
        """Whether all do."""
        found = self._found
        try:
            if (found.is_same and found.version.value) or found.same():
                return True
        except AttributeError:  # something is gone
            pass
        return self._look()

    def _look(self) -> bool:
        if not self._each_holds():
            return False
        try:
            found = comparison(one for proof in self._proofs for one in proof.found())
        except AttributeError:
            return False
        if not self._each_holds():  # it was changed meanwhile
            return False
        self._found = found
        return True

    def _each_holds(self) -> bool:
        return all(proof.holds() for proof in self._proofs)


def methods_of(cls: type[Any]) -> tuple[str, ...]:
    """The names of all methods of `cls` that are plain functions, and not another name for one of them."""
    found = (
        name
        for base in cls.__mro__[:-1]
        for name, value in vars(base).items()
        if type(value) is FunctionType and (value.__name__ == name or vars(base).get(value.__name__) is not value)
    )
    return tuple(dict.fromkeys(found))


def _plain(name: str) -> str:
    return name.partition(".")[0]


def path(cls: type[Any]) -> str:
    """The dotted path of a class."""
    return f"{cls.__module__}.{cls.__qualname__}"


def _is_written_in(cls: type[Any], name: str, function: FunctionType) -> bool:
    """psycopg's classes say that they are the package's, which the module that they are written in is part of."""
    if _origin(function) == _BY_TESTS:
        return name == "ensure_connection"
    module, _, rest = _origin(function).rpartition(f".{cls.__qualname__}.{name}")
    return not rest and (module == cls.__module__ or module.startswith(f"{cls.__module__}."))


def _origin(function: Any) -> str:
    origin = origin_of(function)
    return origin_of(function.__wrapped__) if origin == _ASYNC_UNSAFE else origin


def _said(cls: type[Any], name: str, value: object) -> str:
    definer = next((one for one in cls.__mro__ if name in vars(one)), cls)
    functions = functions_of(value)
    if functions and _is_written_in(definer, name, functions[0]):
        return f"{path(definer)} overrides `{name}`"
    origin = _origin(functions[0]) if functions else origin_of(value)
    return f"{origin} stands in the place of {path(definer)}.{name}"
