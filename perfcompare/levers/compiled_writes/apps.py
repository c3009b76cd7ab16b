"""Puts the lever in place when Django starts."""

from __future__ import annotations

from django.apps import AppConfig


class CompiledWritesConfig(AppConfig):
    """In INSTALLED_APPS it is the whole lever."""

    name = "perfcompare.levers.compiled_writes"
    label = "compiled_writes"

    def ready(self) -> None:
        """Put it in place."""
        from perfcompare.levers.compiled_writes.install import INSTALLATION

        INSTALLATION.install()
