"""Puts the lever in place when Django starts."""

from __future__ import annotations

from django.apps import AppConfig


class CompiledQueriesConfig(AppConfig):
    """In INSTALLED_APPS it is the whole lever."""

    name = "perfcompare.levers.compiled_queries"
    label = "compiled_queries"

    def ready(self) -> None:
        """Put it in place."""
        from perfcompare.levers.compiled_queries.install import INSTALLATION

        INSTALLATION.install()
