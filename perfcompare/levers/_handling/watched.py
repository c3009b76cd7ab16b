"""Settings that every request asks for: LazySettings takes longer to answer than a handler has."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.core.signals import setting_changed

_UNREAD: Final = object()


class WatchedSetting:
    """A setting's value, read once and again after `override_settings` has changed it."""

    def __init__(self, name: str, *default: Any) -> None:
        self._name = name
        self._default = default
        self._value: Any = _UNREAD
        setting_changed.connect(self._forget)

    def get(self) -> Any:
        """The value."""
        if self._value is _UNREAD:
            self._value = getattr(settings, self._name, *self._default)
        return self._value

    def _forget(self, *, setting: str, **_named: Any) -> None:
        if setting == self._name:
            self._value = _UNREAD


DEFAULT_CHARSET: Final = WatchedSetting("DEFAULT_CHARSET")
FORCE_SCRIPT_NAME: Final = WatchedSetting("FORCE_SCRIPT_NAME")
REQUEST_BODY_LIMIT: Final = WatchedSetting("REQUEST_BODY_LIMIT", None)
"""Of the lean handlers; stock has none."""
ROOT_URLCONF: Final = WatchedSetting("ROOT_URLCONF")
