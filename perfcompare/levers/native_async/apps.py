"""Puts the lever in place when Django starts."""

from __future__ import annotations

from django.apps import AppConfig


class NativeAsyncConfig(AppConfig):
    """In INSTALLED_APPS it is the whole lever."""

    name = "perfcompare.levers.native_async"
    label = "native_async"

    def ready(self) -> None:
        """Replace the asynchronous methods of QuerySet."""
        from perfcompare.levers.native_async.install import INSTALLATION

        if INSTALLATION.install():
            from perfcompare.levers.native_async import receivers

            receivers.install()
