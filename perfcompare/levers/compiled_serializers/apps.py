"""The app that puts the compiled path in the place of DRF's."""

from __future__ import annotations

from django.apps import AppConfig


class CompiledSerializersConfig(AppConfig):
    """Installs it when every model is loaded."""

    name = "perfcompare.levers.compiled_serializers"
    label = "compiled_serializers"

    def ready(self) -> None:
        """Install it."""
        from perfcompare.levers.compiled_serializers.install import INSTALLATION

        INSTALLATION.install()
