"""Runs: find, view, compare, annotate, export, and delete whole ones."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any, Final

from django.contrib import admin, messages
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from perfcompare.admin.base import Judging, ReadOnlyAdmin, asked
from perfcompare.models import Measurement, MeasurementQuerySet, Run, storable
from perfcompare.report.data.collection import collect
from perfcompare.report.sections.cells import profile_link
from perfcompare.report.writers import html
from perfcompare.report.writers.json import as_json

TWO: Final = 2


@admin.register(Run)
class RunAdmin(Judging, ReadOnlyAdmin):
    """Runs, with links to their reports and measurements, and the fields that a person may change."""

    change_list_template = "perfcompare/admin/run_list.html"
    list_display = ("id", "label", "report", "state", "baseline", "preset", "rounds", "measurements", "started_at")
    list_display_links = ("id", "label")
    list_filter = ("state", "baseline", "preset", "environment")
    search_fields = ("label", "note", "remark", "command")
    date_hierarchy = "started_at"
    fieldsets = (
        (None, {"fields": ("label", "state", "baseline", "remark", "note", "report", "measurements", "charts")}),
        ("How", {"fields": ("preset", "rounds", "seed", "started_at", "ended_at", "command", "environment", "pid")}),
        ("Options", {"fields": ("chosen",), "classes": ("collapse",)}),
    )
    readonly_fields = ("measurements", "report", "charts", "chosen")
    actions = ("compare", "mark_baseline", "annotate", "withdraw", "bring_back", "export")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Run]:
        """Runs with the number of their measurements."""
        return Run.objects.annotate(trials=models.Count("measurements"))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple[Any, Any, set[str], Any]:
        """As in Django. Measurements are never deleted alone, and go with their run."""
        found, counts, _forbidden, protected = super().get_deleted_objects(objs, request)
        return found, counts, set(), protected

    def measured(self, queryset: QuerySet[Any]) -> MeasurementQuerySet:
        """All trials of the chosen runs."""
        return Measurement.objects.filter(run__in=queryset)

    @admin.display(ordering="trials")
    def measurements(self, run: Any) -> SafeString:
        """The number of measurements, with a link to them."""
        url = f"{reverse('admin:perfcompare_measurement_changelist')}?run__id__exact={run.pk}"
        return format_html('<a href="{}">{}</a>', url, run.trials)

    @admin.display
    def report(self, run: Run) -> SafeString:
        """A link to its report."""
        return format_html('<a href="{}">Report</a>', run.get_absolute_url())

    @admin.display
    def charts(self, run: Run) -> SafeString:
        """The answer of its report: the gap of each scenario and of every stack."""
        return html.excerpt(collect(run), profile_link)

    @admin.display(description="what was asked for")
    def chosen(self, run: Run) -> SafeString:
        """The options as indented JSON, with one planned cell per line."""
        options = {name: value for name, value in run.options.items() if name != "cells"}
        cells = "\n".join(map(str, run.planned_cells()))
        return format_html("<pre>{}\n{}</pre>", json.dumps(options, indent=1, ensure_ascii=False), cells)

    @admin.action(description="Compare two runs", permissions=["view"])
    def compare(self, request: HttpRequest, queryset: QuerySet[Run]) -> HttpResponse | None:
        """Open the comparison of the two, the older one first."""
        chosen = sorted(queryset, key=lambda run: (run.started_at, run.pk))
        if len(chosen) != TWO:
            self.message_user(request, "Choose exactly two runs to compare.", messages.ERROR)
            return None
        return redirect("perfcompare:compare", chosen[0].pk, chosen[1].pk)

    @admin.action(description="Mark as the baseline", permissions=["judge"])
    def mark_baseline(self, request: HttpRequest, queryset: QuerySet[Run]) -> None:
        """Make this run the baseline, with which others are compared."""
        chosen = list(queryset)
        if len(chosen) != 1:
            self.message_user(request, "Choose exactly one run: there is one baseline.", messages.ERROR)
            return
        chosen[0].mark_baseline()
        self.log_change(request, chosen[0], "Marked as the baseline.")
        self.message_user(request, f"{chosen[0]} is the baseline now.", messages.SUCCESS)

    @admin.action(description="Write a remark", permissions=["judge"])
    def annotate(self, request: HttpRequest, queryset: QuerySet[Run]) -> HttpResponse | None:
        """Store a person's remark on the runs."""
        given = asked(self, request, queryset, action="annotate", title="Write a remark about these runs")
        if isinstance(given, HttpResponse):
            return given
        queryset.update(remark=storable(given))
        for run in queryset:
            self.log_change(request, run, f"Remark: {given}")
        self.message_user(request, "The remark is kept.", messages.SUCCESS)
        return None

    @admin.action(description="Export as JSON", permissions=["view"])
    def export(self, _request: HttpRequest, queryset: QuerySet[Run]) -> HttpResponse:
        """One file for one run, an archive for several."""
        files = {f"run-{run.pk}.json": as_json(run, collect(run)) for run in queryset.select_related("environment")}
        if len(files) == 1:
            ((name, text),) = files.items()
            return HttpResponse(text, "application/json", headers=_attachment(name))
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as target:
            for name, text in files.items():
                target.writestr(name, text)
        return HttpResponse(archive.getvalue(), "application/zip", headers=_attachment("runs.zip"))


def _attachment(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}
