"""The benchmark's records and pages as a Django app.

Django takes the one configuration that it finds here. Without the extra `lab` this is the levers' own: the laboratory
cannot be imported then, and the project gets no tables.
"""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from perfcompare.core.packages import missing

if lacking := missing("lab"):
    if "perfcompare.levers" in settings.INSTALLED_APPS:
        raise ImproperlyConfigured(
            f'INSTALLED_APPS has "perfcompare", which needs {", ".join(lacking)}: pip install "perfcompare[lab]"'
        )
    from perfcompare.levers.apps import LeversConfig as LeversConfig
else:

    class PerfcompareConfig(AppConfig):
        """Runs, measurements and reports."""

        name = "perfcompare"
        verbose_name = "Performance comparison"

        def ready(self) -> None:
            """Register the check of the levers' options."""
            from perfcompare.levers import _options  # noqa: F401
