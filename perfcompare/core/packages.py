"""Which distributions are installed here."""

from __future__ import annotations

import re
from importlib import metadata


def version(name: str) -> str | None:
    """The installed version of the distribution `name`; None when it is not installed."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def missing(extra: str) -> list[str]:
    """What this package's `extra` asks for and is not installed; nothing in a clone, which is not installed itself."""
    try:
        asked = metadata.requires("perfcompare") or ()
    except metadata.PackageNotFoundError:
        return []
    named = [re.match(r"[\w.-]+", one) for one in asked if re.search(rf"extra == ['\"]{extra}['\"]", one)]
    return [one.group() for one in named if one and not installed(one.group())]


def installed(name: str) -> bool:
    """Whether the distribution `name` is installed."""
    return version(name) is not None
