"""Registers the checks, and installs the parts, when Django starts."""

from __future__ import annotations

from django.apps import AppConfig


class DatabaseConnectionsConfig(AppConfig):
    """In INSTALLED_APPS it is all of the lever that is no setting."""

    name = "perfcompare.levers.database_connections"
    label = "database_connections"

    def ready(self) -> None:
        """Let `manage.py check` run them, and install the parts."""
        from django.core import checks

        from perfcompare.levers.database_connections.checks import check_connections, check_size
        from perfcompare.levers.database_connections.install import INSTALLATION

        checks.register(check_connections, checks.Tags.compatibility)
        checks.register(check_size, checks.Tags.database)
        INSTALLATION.install()
