"""The admin as a window on runs: everything can be found and looked at, nothing changed, whole runs deleted."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from perfcompare.models import Environment, Measurement, MeasurementQuerySet, Run
from perfcompare.report import words

# Django's admin classes take type arguments in its stubs only, not at run time: hence the ignores below.


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Neither adds nor changes."""

    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Rows come from runs only."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """What was measured stays as it was."""
        return False


class ValidFilter(admin.SimpleListFilter):
    """Whether the figures may be used."""

    title = "validity"
    parameter_name = "validity"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        """The three kinds of rows."""
        return [("valid", "valid"), ("invalid", "invalid"), ("failed", "failed, no figures")]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        """The rows of the kind that was chosen."""
        assert isinstance(queryset, MeasurementQuerySet)
        kinds = {"valid": queryset.valid, "invalid": queryset.invalid, "failed": queryset.failed}
        return kinds[value]() if (value := self.value()) in kinds else None


@admin.register(Environment)
class EnvironmentAdmin(ReadOnlyAdmin):
    """Machines and their software."""

    list_display = ("__str__", "runs")
    search_fields = ("fingerprint", "facts")
    fields = ("fingerprint", "shown_facts")
    readonly_fields = ("shown_facts",)
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Environment]:
        """Environments with the number of their runs."""
        return Environment.objects.annotate(run_count=models.Count("runs"))

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Runs point at it."""
        return False

    @admin.display(ordering="run_count")
    def runs(self, environment: Any) -> SafeString:
        """How many runs it had, and the way to them."""
        url = f"{reverse('admin:perfcompare_run_changelist')}?environment__id__exact={environment.pk}"
        return format_html('<a href="{}">{}</a>', url, environment.run_count)

    @admin.display(description="facts")
    def shown_facts(self, environment: Environment) -> SafeString:
        """The facts as indented JSON."""
        return format_html("<pre>{}</pre>", json.dumps(environment.facts, indent=1, ensure_ascii=False))


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin):
    """Runs, with the way to their reports and measurements."""

    list_display = ("id", "label", "state", "preset", "rounds", "started_at", "ended_at", "measurements", "report")
    list_display_links = ("id", "label")
    list_filter = ("state", "preset", "environment")
    search_fields = ("label", "note", "command")
    date_hierarchy = "started_at"
    readonly_fields = ("measurements", "report")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Run]:
        """Runs with the number of their measurements."""
        return Run.objects.annotate(visits=models.Count("measurements"))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, set[str], Any]:
        """As Django's; measurements, which are never deleted alone, go with their run."""
        found, counts, _forbidden, protected = super().get_deleted_objects(objs, request)
        return found, counts, set(), protected

    @admin.display(ordering="visits")
    def measurements(self, run: Any) -> SafeString:
        """How many there are, and the way to them."""
        url = f"{reverse('admin:perfcompare_measurement_changelist')}?run__id__exact={run.pk}"
        return format_html('<a href="{}">{}</a>', url, run.visits)

    @admin.display
    def report(self, run: Run) -> SafeString:
        """The way to its report."""
        return format_html('<a href="{}">Report</a>', run.get_absolute_url())


@admin.register(Measurement)
class MeasurementAdmin(ReadOnlyAdmin):
    """Every visit to every cell."""

    list_display = (
        "id",
        "run",
        "scenario",
        "stack",
        "server",
        "concurrency",
        "round",
        "requests_per_second",
        "cpu_per_request",
        "p50",
        "p99",
        "memory",
        "is_valid",
    )
    list_filter = (ValidFilter, "scenario", "stack", "server", "concurrency", "generator", "run")
    list_select_related = ("run",)
    search_fields = ("scenario", "stack", "server", "error", "run__label")
    date_hierarchy = "measured_at"
    ordering = ("-id",)

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """A run with rows picked out of it would tell something else."""
        return False

    @admin.display(description="requests/s", ordering="goodput")
    def requests_per_second(self, row: Measurement) -> str:
        """Right answers per second."""
        return words.number(row.goodput)

    @admin.display(description="CPU µs/request", ordering="server_cpu_us")
    def cpu_per_request(self, row: Measurement) -> str:
        """Of the server."""
        return words.number(row.server_cpu_us)

    @admin.display(description="p50 ms", ordering="p50_ms")
    def p50(self, row: Measurement) -> str:
        """Median latency."""
        return words.number(row.p50_ms)

    @admin.display(description="p99 ms", ordering="p99_ms")
    def p99(self, row: Measurement) -> str:
        """99th percentile of latency."""
        return words.number(row.p99_ms)

    @admin.display(description="PSS MiB", ordering="pss_peak_kib")
    def memory(self, row: Measurement) -> str:
        """Peak of the server's tree."""
        return words.mebibytes(row.pss_peak_kib)

    @admin.display(description="valid", boolean=True)
    def is_valid(self, row: Measurement) -> bool:
        """Whether the figures may be used."""
        return row.valid
