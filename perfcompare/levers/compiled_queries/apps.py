"""Puts the lever in place when Django starts."""

from __future__ import annotations

from django.apps import AppConfig


class CompiledQueriesConfig(AppConfig):
    """In INSTALLED_APPS it is the whole lever."""

    name = "perfcompare.levers.compiled_queries"
    label = "compiled_queries"

    def ready(self) -> None:
        """Remember plans, use them in QuerySet's synchronous methods, read times and write numbers quickly."""
        from perfcompare.levers._orm.plans import plans
        from perfcompare.levers.compiled_queries import lists, reading, times

        plans.remember = True
        reading.install()
        times.connect()
        lists.connect()
