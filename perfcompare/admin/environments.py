"""The machines and their software."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from perfcompare.admin.base import ReadOnlyAdmin
from perfcompare.models import Environment


@admin.register(Environment)
class EnvironmentAdmin(ReadOnlyAdmin):
    """The machines and their software."""

    list_display = ("__str__", "runs")
    search_fields = ("fingerprint", "facts")
    fields = ("fingerprint", "facts")
    ordering = ("-id",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Environment]:
        """Environments with the number of their runs."""
        return Environment.objects.annotate(run_count=models.Count("runs"))

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """False: runs refer to it."""
        return False

    @admin.display(ordering="run_count")
    def runs(self, environment: Any) -> SafeString:
        """The number of its runs, with a link to them."""
        url = f"{reverse('admin:perfcompare_run_changelist')}?environment__id__exact={environment.pk}"
        return format_html('<a href="{}">{}</a>', url, environment.run_count)
