"""The benchmark's records and pages as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class PerfcompareConfig(AppConfig):
    """Runs, measurements and reports."""

    name = "perfcompare"
    verbose_name = "Performance comparison"

    def ready(self) -> None:
        """Register the check of the levers' options."""
        from perfcompare.levers import _options  # noqa: F401
