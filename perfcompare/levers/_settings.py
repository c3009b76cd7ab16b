"""Settings of Django's, without the time that its LazySettings takes to answer."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings

_ANSWERED: Final[dict[str, Any]] = object.__getattribute__(settings, "__dict__")
"""Where LazySettings keeps what it has said until a setting is changed; it takes ten times as long to find it there."""


def setting(name: str) -> Any:
    """As `getattr(settings, name)`."""
    try:
        return _ANSWERED[name]
    except KeyError:
        return getattr(settings, name)
