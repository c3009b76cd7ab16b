"""The versions of other people's packages that levers were tested with."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from typing import Final

from django.utils.version import get_version_tuple


@dataclass(frozen=True, slots=True)
class Range:
    """The tested versions of one distribution: from `lowest` on, and lower than `below`."""

    distribution: str
    lowest: str
    below: str

    @property
    def installed(self) -> str | None:
        """The version that is installed; None when the distribution is not."""
        return _version(self.distribution)

    def problem(self) -> str | None:
        """Why the installed version does not fit, as a sentence; None when it does."""
        found = self.installed
        if found is None:
            return f"{self.distribution} is not installed."
        if get_version_tuple(self.lowest) <= get_version_tuple(found) < get_version_tuple(self.below):
            return None
        return f"{self.distribution} {found} is installed; tested are {self.lowest} and later, below {self.below}."


@lru_cache(maxsize=64)
def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


ASGIREF: Final = Range("asgiref", "3.13", "4")
DJANGO: Final = Range("Django", "5.2", "5.3")
DRF: Final = Range("djangorestframework", "3.18", "3.19")
ADRF: Final = Range("adrf", "0.1.14", "0.2")
NINJA: Final = Range("django-ninja", "1.7", "1.8")
