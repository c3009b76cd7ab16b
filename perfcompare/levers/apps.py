"""The app that offers `manage.py perfcompare levers` to a project without the laboratory. It has no models."""

from __future__ import annotations

from django.apps import AppConfig


class LeversConfig(AppConfig):
    """The command, and the system check of the setting PERFCOMPARE."""

    name = "perfcompare.levers"
    label = "perfcompare_levers"
    verbose_name = "Levers"

    def ready(self) -> None:
        """Register the check, which any lever with options does as well."""
        from perfcompare.levers import _options  # noqa: F401
