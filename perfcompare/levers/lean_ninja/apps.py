"""Installs the lever when Django starts, before any URL is known."""

from __future__ import annotations

from django.apps import AppConfig


class LeanNinjaConfig(AppConfig):
    """In INSTALLED_APPS this is all that a project needs."""

    name = "perfcompare.levers.lean_ninja"
    label = "lean_ninja"

    def ready(self) -> None:
        """Put the lean functions in place of Ninja's."""
        from perfcompare.levers.lean_ninja.install import INSTALLATION

        INSTALLATION.install()
