"""Requests that leave something for later, and are given another class before that: pghistory does so."""

from __future__ import annotations

from typing import Any


class Whole:
    """Put before a request of Django's: `complete` is called before it gets another class."""

    def complete(self) -> None:
        """Have all that the class behind it has from the beginning."""

    def _kind(self) -> Any:
        return type(self)

    def _become(self, kind: type[Any]) -> None:
        self.complete()
        vars(object)["__class__"].__set__(self, kind)

    __class__ = property(_kind, _become)  # as `unittest.mock` does
