"""Every trial of every cell."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from perfcompare.admin.base import Judging, ReadOnlyAdmin
from perfcompare.models import Measurement, MeasurementQuerySet, profile_url
from perfcompare.report.data import formatting


class ValidFilter(admin.SimpleListFilter):
    """A filter by validity."""

    title = "validity"
    parameter_name = "validity"

    def lookups(self, _request: HttpRequest, _model_admin: Any) -> list[tuple[str, str]]:
        """The three kinds of rows."""
        return [("valid", "valid"), ("invalid", "invalid"), ("failed", "failed, no figures")]

    def queryset(self, _request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        """The rows of the chosen kind."""
        assert isinstance(queryset, MeasurementQuerySet)
        kinds = {"valid": queryset.valid, "invalid": queryset.invalid, "failed": queryset.failed}
        return kinds[value]() if (value := self.value()) in kinds else None


@admin.register(Measurement)
class MeasurementAdmin(Judging, ReadOnlyAdmin):
    """Every trial of every cell."""

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
        "profile",
    )
    list_filter = (ValidFilter, "scenario", "stack", "server", "concurrency", "generator", "run")
    list_select_related = ("run",)
    search_fields = ("scenario", "stack", "server", "error", "run__label")
    date_hierarchy = "measured_at"
    ordering = ("-id",)
    readonly_fields = ("profile",)
    exclude = ("latencies",)
    actions = ("withdraw", "bring_back")

    def measured(self, queryset: QuerySet[Any]) -> MeasurementQuerySet:
        """The chosen trials."""
        return Measurement.objects.filter(pk__in=queryset.values("pk"))

    @admin.display(description="SQL and profile")
    def profile(self, row: Measurement) -> SafeString:
        """A link to the profile of its stack and scenario."""
        return format_html('<a href="{}">SQL and profile</a>', profile_url(row.stack, row.scenario))

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """False: a run without some of its rows would be another run."""
        return False

    @admin.display(description="requests/s", ordering="goodput")
    def requests_per_second(self, row: Measurement) -> str:
        """Right answers per second."""
        return formatting.number(row.goodput)

    @admin.display(description="CPU µs/request", ordering="server_cpu_us")
    def cpu_per_request(self, row: Measurement) -> str:
        """Of the server."""
        return formatting.number(row.server_cpu_us)

    @admin.display(description="p50 ms", ordering="p50_ms")
    def p50(self, row: Measurement) -> str:
        """Median latency."""
        return formatting.number(row.p50_ms)

    @admin.display(description="p99 ms", ordering="p99_ms")
    def p99(self, row: Measurement) -> str:
        """99th percentile of latency."""
        return formatting.number(row.p99_ms)

    @admin.display(description="PSS MiB", ordering="pss_peak_kib")
    def memory(self, row: Measurement) -> str:
        """Peak of the server's tree."""
        return formatting.mebibytes(row.pss_peak_kib)

    @admin.display(description="valid", boolean=True)
    def is_valid(self, row: Measurement) -> bool:
        """Whether all figures are valid."""
        return row.valid
