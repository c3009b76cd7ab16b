"""What the admin pages of the records share: nothing is added or changed, and a person's judgement is kept beside."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.html import format_html

from perfcompare.models import MeasurementQuerySet
from perfcompare.report.data import formatting

# Django's admin classes take type arguments in its stubs only, not at run time: hence the ignores below.


def indented(value: Any) -> str:
    """JSON for people: a line for each thing; a dash for nothing."""
    if not value:
        return formatting.NOTHING
    return format_html("<pre>{}</pre>", json.dumps(value, indent=1, ensure_ascii=False))


WRITTEN: Final[Mapping[type[models.Field[Any, Any]], Callable[[Any], str]]] = {
    models.FloatField: formatting.number,
    models.JSONField: indented,
}
"""How the values of some kinds of columns are written, where Django would write them as they are in Python."""


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Neither adds nor changes, and rounds for people what it shows."""

    show_full_result_count = False

    def __init__(self, model: type[models.Model], admin_site: admin.AdminSite) -> None:
        super().__init__(model, admin_site)
        self._written = {field.name: _column(field) for field in model._meta.fields if type(field) in WRITTEN}

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """As Django's, written for people."""
        return self._for_people(super().get_list_display(request))

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[Any]:
        """As Django's, and what is written for people."""
        left_out = set(self.exclude or ())
        written = [column for name, column in self._written.items() if name not in left_out]
        return [*super().get_readonly_fields(request, obj), *written]

    def get_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[Any]:
        """As Django's, each once, written for people."""
        return list(dict.fromkeys(self._for_people(super().get_fields(request, obj))))

    def _for_people(self, names: Sequence[Any]) -> list[Any]:
        return [self._written.get(name, name) for name in names]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Rows come from runs only."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """What was measured stays as it was."""
        return False


def _column(field: models.Field[Any, Any]) -> Callable[[Any], str]:
    """The column of a field, written for people; it has the field's name, by which Django finds its help text."""
    write = WRITTEN[type(field)]

    @admin.display(description=str(field.verbose_name), ordering=field.name)
    def column(row: models.Model) -> str:
        return write(getattr(row, field.name))

    column.__name__ = field.name
    return column


class Judging:
    """Taking figures out of every comparison with a reason, and bringing them back."""

    def has_judge_permission(self, request: HttpRequest) -> bool:
        """Who may change runs may say something about them."""
        return request.user.has_perm("perfcompare.change_run")

    def measured(self, queryset: QuerySet[Any]) -> MeasurementQuerySet:
        """The trials that the chosen rows stand for."""
        raise NotImplementedError

    @admin.action(description="Invalidate the figures, with a reason", permissions=["judge"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Keep the figures and let them take part in no comparison."""
        given = asked(self, request, queryset, action="withdraw", title="Why must these figures not be used?")
        if isinstance(given, HttpResponse):
            return given
        count = self.measured(queryset).withdraw(given)
        self._told(request, queryset, f"Figures of {count} trials invalidated: {given}")
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
