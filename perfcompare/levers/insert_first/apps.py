"""Puts the lever in place when Django starts."""

from __future__ import annotations

from django.apps import AppConfig


class InsertFirstConfig(AppConfig):
    """In INSTALLED_APPS, with its option `serializers`, it is the whole lever."""

    name = "perfcompare.levers.insert_first"
    label = "insert_first"

    def ready(self) -> None:
        """Let the mixin and the validator know, and `manage.py check` look at the names."""
        from perfcompare.levers.insert_first.install import INSTALLATION

        if INSTALLATION.install():
            from django.core import checks

            from perfcompare.levers.insert_first.checks import check_names

            checks.register(check_names, checks.Tags.compatibility)
