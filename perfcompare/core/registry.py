"""Plug-ins, found by looking into a package. A file or folder is a plug-in, and its name is the file's name."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Final, Generic, TypeVar

from perfcompare.core.errors import PerfcompareError, UsageError

T = TypeVar("T")

_OF_DJANGO: Final = frozenset({"apps", "management"})
"""What Django looks for in a package that is an app."""


class RegistryError(PerfcompareError):
    """Raised when a plug-in's file does not define its object."""


class Registry(Mapping[str, T], Generic[T]):
    """The plug-ins of one kind: name to object, read once from `packages`, in the order of their names.

    Of two with one name, that of the first package counts. `attribute` is the constant that each module must define
    and `kind` its type.
    """

    def __init__(self, *packages: str, attribute: str, kind: type[T]) -> None:
        self.packages = packages
        self.attribute = attribute
        self.kind = kind

    @cached_property
    def _items(self) -> dict[str, T]:
        found: dict[str, T] = {}
        for package in self.packages:
            names = (info.name for info in pkgutil.iter_modules(importlib.import_module(package).__path__))
            for name in names:
                if not name.startswith("_") and name not in _OF_DJANGO and name not in found:
                    found[name] = self._load(package, name)
        return dict(sorted(found.items()))

    def _load(self, package: str, name: str) -> T:
        module = importlib.import_module(f"{package}.{name}")
        item = getattr(module, self.attribute, None)
        if not isinstance(item, self.kind):
            raise RegistryError(
                f"{module.__name__} must define {self.attribute} as a {self.kind.__name__}, got {item!r}."
            )
        return item

    def __getitem__(self, name: str) -> T:
        """The plug-in called `name`; KeyError for an unknown one. Use `choose` for names that people type."""
        return self._items[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def choose(self, names: Iterable[str]) -> dict[str, T]:
        """The plug-ins called `names`, in that order; UsageError names the unknown one, the nearest and all known."""
        return {name: self._chosen(name) for name in names}

    def _chosen(self, name: str) -> T:
        if name in self._items:
            return self._items[name]
        close = difflib.get_close_matches(name, self._items, n=1)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        word = self.kind.__name__.lower()
        raise UsageError(f"There is no {word} {name!r}.{hint} Known: {', '.join(self._items)}.")
