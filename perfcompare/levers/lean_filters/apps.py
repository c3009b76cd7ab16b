"""The app that puts the lean FilterSet in the place of django-filter's."""

from __future__ import annotations

from django.apps import AppConfig


class LeanFiltersConfig(AppConfig):
    """Installs it when every model is loaded."""

    name = "perfcompare.levers.lean_filters"
    label = "lean_filters"

    def ready(self) -> None:
        """Install it."""
        from perfcompare.levers.lean_filters.install import INSTALLATION

        INSTALLATION.install()
