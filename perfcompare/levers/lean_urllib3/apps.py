"""Puts the lever in place when Django starts."""

from __future__ import annotations

from django.apps import AppConfig


class LeanUrllib3Config(AppConfig):
    """In INSTALLED_APPS it is the whole lever."""

    name = "perfcompare.levers.lean_urllib3"
    label = "lean_urllib3"

    def ready(self) -> None:
        """Install it."""
        from perfcompare.levers.lean_urllib3 import requesting

        requesting.install()
