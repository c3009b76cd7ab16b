"""Which distributions are installed here."""

from __future__ import annotations

from importlib import metadata


def version(name: str) -> str | None:
    """The installed version of the distribution `name`; None when it is not installed."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def installed(name: str) -> bool:
    """Whether the distribution `name` is installed."""
    return version(name) is not None
