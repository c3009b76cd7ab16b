"""What a project may set: `NATIVE_ASYNC = {"max_size": 20, …}`."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The setting NATIVE_ASYNC, for every database and event loop."""

    max_size: int = 20
    """Connections of one event loop to one database."""
    timeout_s: float | None = None
    """Longest wait for a free connection, and for a new one to be made. None is for ever, as with Django; a
    `connect_timeout` in OPTIONS holds for a new one."""
    command_timeout_s: float | None = None
    """Longest wait for a statement; the server gives it up then, too (`statement_timeout`). None is for ever."""
    statements: int = 200
    """Prepared statements that each connection keeps."""


def limits() -> Limits:
    """The setting; ImproperlyConfigured names what it must not hold."""
    given = getattr(settings, "NATIVE_ASYNC", {})
    try:
        return Limits(**given)
    except TypeError as error:
        known = ", ".join(Limits.__dataclass_fields__)
        raise ImproperlyConfigured(f"NATIVE_ASYNC is a dictionary with any of {known}; got {given!r}.") from error
