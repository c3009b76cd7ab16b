"""No messages between pages."""

from __future__ import annotations

from typing import Final

from perfcompare.core.setting import Setting, Settings

_NAME: Final = "django.contrib.messages.middleware.MessageMiddleware"


def _without(settings: Settings) -> None:
    settings["MIDDLEWARE"] = [one for one in settings.get("MIDDLEWARE", []) if one != _NAME]


CHANGE: Final = Setting(
    label="no messages",
    changes="MessageMiddleware is left out: requests do not carry messages from page to page.",
    costs="django.contrib.messages does not work in this process. The admin needs it: serve that from another process.",
    source="https://docs.djangoproject.com/en/5.2/ref/contrib/messages/#enabling-messages",
    lines=(f'MIDDLEWARE.remove("{_NAME}")',),
    settings=_without,
)
