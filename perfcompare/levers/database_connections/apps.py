"""Registers the checks when Django starts."""

from __future__ import annotations

from django.apps import AppConfig


class DatabaseConnectionsConfig(AppConfig):
    """In INSTALLED_APPS it adds the checks; the settings are what the lever changes besides."""

    name = "perfcompare.levers.database_connections"
    label = "database_connections"

    def ready(self) -> None:
        """Let `manage.py check` run them."""
        from django.core import checks

        from perfcompare.levers.database_connections.checks import check_connections, check_size

        checks.register(check_connections, checks.Tags.compatibility)
        checks.register(check_size, checks.Tags.database)
