"""What the admin pages of the records share: nothing is added or changed, and a person's judgement is kept beside."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from perfcompare.models import MeasurementQuerySet

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


class Judging:
    """Taking figures out of every comparison with a reason, and bringing them back."""

    def has_judge_permission(self, request: HttpRequest) -> bool:
        """Who may change runs may say something about them."""
        return request.user.has_perm("perfcompare.change_run")

    def measured(self, queryset: QuerySet[Any]) -> MeasurementQuerySet:
        """The visits that the chosen rows stand for."""
        raise NotImplementedError

    @admin.action(description="Invalidate the figures, with a reason", permissions=["judge"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Keep the figures and let them take part in no comparison."""
        given = asked(self, request, queryset, action="withdraw", title="Why must these figures not be used?")
        if isinstance(given, HttpResponse):
            return given
        count = self.measured(queryset).withdraw(given)
        self._told(request, queryset, f"Figures of {count} visits invalidated: {given}")
        return None

    @admin.action(description="Bring invalidated figures back", permissions=["judge"])
    def bring_back(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Take back what a person said; what detectors found stays."""
        self.measured(queryset).withdraw("")
        self._told(request, queryset, "Invalidated figures brought back")

    def _told(self, request: HttpRequest, queryset: QuerySet[Any], message: str) -> None:
        assert isinstance(self, admin.ModelAdmin)
        for row in queryset:
            self.log_change(request, row, message)
        self.message_user(request, f"{message}.", messages.SUCCESS)


def asked(
    model_admin: Any, request: HttpRequest, queryset: QuerySet[Any], *, action: str, title: str
) -> str | HttpResponse:
    """The text that was given on the page in between; that page when there is none yet."""
    text = request.POST.get("text", "").strip()
    if text:
        return text
    context = {
        **model_admin.admin_site.each_context(request),
        "title": title,
        "rows": queryset,
        "action": action,
        "checkbox": ACTION_CHECKBOX_NAME,
        "opts": model_admin.model._meta,
        "missing": "text" in request.POST,
    }
    return TemplateResponse(request, "perfcompare/admin/text.html", context)
