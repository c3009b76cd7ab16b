"""What every request asks settings for: LazySettings takes longer to answer than a handler has."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import Any, Final

from django.conf import settings
from django.core.signals import setting_changed

_UNREAD: Final = object()


class Watched:
    """A value that `read` makes of the settings: once, and again after `override_settings`."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        self._read = read
        self._value: Any = _UNREAD
        setting_changed.connect(self._forget)

    def get(self) -> Any:
        """The value."""
        if self._value is _UNREAD:
            self._value = self._read(settings)
        return self._value

    def _forget(self, **_signal: object) -> None:
        self._value = _UNREAD


DEFAULT_CHARSET: Final = Watched(attrgetter("DEFAULT_CHARSET"))
FORCE_SCRIPT_NAME: Final = Watched(attrgetter("FORCE_SCRIPT_NAME"))
ROOT_URLCONF: Final = Watched(attrgetter("ROOT_URLCONF"))
