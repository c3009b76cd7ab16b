"""Puts the lever in place when Django starts."""

from __future__ import annotations

import importlib.util

from django.apps import AppConfig


class CompiledWritesConfig(AppConfig):
    """In INSTALLED_APPS it is the whole lever."""

    name = "perfcompare.levers.compiled_writes"
    label = "compiled_writes"

    def ready(self) -> None:
        """Remember the INSERTs, and with DRF what its validators ask and where there are none."""
        from perfcompare.levers.compiled_writes import inserting

        inserting.install()
        if importlib.util.find_spec("rest_framework"):
            from perfcompare.levers.compiled_writes import unique, validators

            unique.install()
            validators.install()
