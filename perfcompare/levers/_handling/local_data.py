"""Whether anything is set in one of Django's context-local stores, without the cost of asking the store itself.

Reading an unset attribute of an `asgiref.local.Local` takes a lock, a copy of an empty dictionary and two exceptions;
a handler that only wants to know whether there is something to undo asks for it on every request.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, Final

from asgiref import local
from asgiref.local import Local

_Storage: Final[Any] = getattr(local, "_Storage", None)
"""What asgiref 3.13 keeps in a context: the values, and the thread that they belong to."""
_NONE: Final[Any] = _Storage(0, {}) if _Storage is not None else None
"""Nothing, which belongs to no thread."""
_MOST: Final = 1024
_NOTHING: Final[Mapping[str, Any]] = {}


class Put:
    """Names and values that are to be all that is set, in one context after another."""

    __slots__ = ("made", "values")

    def __init__(self, values: dict[str, object]) -> None:
        self.values = values
        self.made: dict[int, Any] = {}
        """What asgiref stores for them, by the thread that does: it never changes that, so contexts can share it."""


class LocalData:
    """What a `Local` that follows tasks (not threads) holds in the current context."""

    def __init__(self, local: Local) -> None:
        variable = getattr(vars(local).get("_storage"), "_data", None)
        self._any = variable if isinstance(variable, ContextVar) else None
        self._variable = variable if isinstance(variable, ContextVar) and _Storage is not None else None

    def get(self) -> Mapping[str, Any] | None:
        """The names and values that are set; None when this version of asgiref keeps them elsewhere: then ask it."""
        return None if self._variable is None else held(self._variable)

    @property
    def changes_in_place(self) -> bool:
        """Whether values are changed for all contexts that have them from the same one: with asgiref before 3.12."""
        return _Storage is None

    def own(self) -> None:
        """Let what is set from now on be set in this context alone, also with asgiref before 3.12."""
        values = None if self._any is None else self._any.get(None)
        if self._any is not None and isinstance(values, dict):
            self._any.set(values.copy())

    def put(self, what: Put) -> bool:
        """Let it be all that is set; False when this version of asgiref keeps it elsewhere."""
        if self._variable is None:
            return False
        owner = threading.get_ident()
        made = what.made.get(owner)
        if made is None:
            if len(what.made) >= _MOST:
                what.made.clear()
            made = what.made[owner] = _Storage(owner, what.values)
        self._variable.set(made)
        return True

    def clear(self) -> bool:
        """Let nothing be set; False as above."""
        if self._variable is None:
            return False
        self._variable.set(_NONE)
        return True


def held(variable: ContextVar[Any]) -> Mapping[str, Any]:
    """The names and values that the context variable of a `Local` has for this thread."""
    storage = variable.get(None)
    if isinstance(storage, dict):  # asgiref before 3.12
        return storage
    if storage is None or storage.thread_id != threading.get_ident():
        return _NOTHING
    data: Mapping[str, Any] = storage.data
    return data
