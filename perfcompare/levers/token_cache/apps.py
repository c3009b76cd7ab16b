"""Installs the lever when Django starts."""

from __future__ import annotations

from django.apps import AppConfig


class TokenCacheConfig(AppConfig):
    """In INSTALLED_APPS, beside rest_framework.authtoken, this is all that a project needs."""

    name = "perfcompare.levers.token_cache"
    label = "token_cache"

    def ready(self) -> None:
        """Give the token's managers querysets that remember, and listen for writes."""
        from perfcompare.levers.token_cache.install import INSTALLATION

        INSTALLATION.install()
