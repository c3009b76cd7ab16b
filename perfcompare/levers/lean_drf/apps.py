"""The app that puts the lean parts in the place of DRF's."""

from __future__ import annotations

from django.apps import AppConfig


class LeanDRFConfig(AppConfig):
    """Installs them when every model is loaded."""

    name = "perfcompare.levers.lean_drf"
    label = "lean_drf"

    def ready(self) -> None:
        """Install them."""
        from perfcompare.levers.lean_drf.install import INSTALLATION

        INSTALLATION.install()
