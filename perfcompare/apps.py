"""The Django apps of this package.

`INSTALLED_APPS += ["perfcompare"]` means ProjectConfig: the subcommands that work in any project, no tables. Without
the extra `lab` it means the levers' own app, because nothing can be measured then. The demonstration names
LaboratoryConfig.
"""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from perfcompare.core.packages import missing

if lacking := missing("lab"):
    if {"perfcompare.levers", "perfcompare.levers.apps.LeversConfig"} & {*settings.INSTALLED_APPS}:
        raise ImproperlyConfigured(
            f'INSTALLED_APPS has "perfcompare", which needs {", ".join(lacking)}: pip install "perfcompare[lab]"'
        )
    from perfcompare.levers.apps import LeversConfig as LeversConfig
else:

    class ProjectConfig(AppConfig):
        """The subcommands for a project of one's own. It has no models, so a project gets no tables."""

        default = True
        name = "perfcompare.project"
        label = "perfcompare_project"
        verbose_name = "Performance of this project"

        def ready(self) -> None:
            """Register the check of the levers' options."""
            from perfcompare.levers import _options  # noqa: F401

    class LaboratoryConfig(AppConfig):
        """Runs, measurements and reports of the demonstration."""

        default = False
        name = "perfcompare"
        verbose_name = "Performance comparison"

        def ready(self) -> None:
            """Register the check of the levers' options."""
            from perfcompare.levers import _options  # noqa: F401
