"""Which versions of a package something was tested with."""

from __future__ import annotations

import platform
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from perfcompare.core import packages

PYTHON = "Python"
"""Stands for the interpreter among the names of distributions."""


@dataclass(frozen=True, slots=True)
class Range:
    """The tested versions of one distribution: from `oldest` to all that begin with `newest`."""

    distribution: str
    oldest: str
    newest: str
    needed: bool = True
    """Whether nothing works without the distribution."""

    def __str__(self) -> str:
        return f"{self.distribution} {self.span}"

    @property
    def span(self) -> str:
        """Its two ends."""
        return self.oldest if self.oldest == self.newest else f"{self.oldest} to {self.newest}"

    @property
    def installed(self) -> str | None:
        """The version that is installed; None when the distribution is not."""
        return platform.python_version() if self.distribution == PYTHON else packages.version(self.distribution)

    def holds(self, version: str) -> bool:
        """Whether `version` is one of them."""
        found, series = _numbers(version), self.newest.count(".") + 1
        return _numbers(self.oldest) <= found and found[:series] <= _numbers(self.newest)[:series]

    def problem(self) -> str | None:
        """Why the installed version does not fit, as a sentence; None when it does."""
        found = self.installed
        if found is None:
            return f"{self.distribution} is not installed." if self.needed else None
        if self.holds(found):
            return None
        return f"{self.distribution} {found} is installed; tested: {self.span}."


def problems(tested: Iterable[Range]) -> Iterator[str]:
    """A sentence for each of the ranges that the installed version is not in."""
    return filter(None, (one.problem() for one in tested))


def _numbers(version: str) -> tuple[int, ...]:
    """The release that a version is, or leads to."""
    found = re.findall(r"\d+", re.sub(r"[^\d.].*", "", version))
    return (*map(int, found), 0, 0, 0, 0)[:4]
