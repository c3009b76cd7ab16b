"""What the admin pages share: nothing is added or changed, and people's remarks are stored beside the data."""

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
    """JSON for people: one line for each item, and a dash for none."""
    if not value:
        return formatting.NOTHING
    return format_html("<pre>{}</pre>", json.dumps(value, indent=1, ensure_ascii=False))


WRITTEN: Final[Mapping[type[models.Field[Any, Any]], Callable[[Any], str]]] = {
    models.FloatField: formatting.number,
    models.JSONField: indented,
}
"""How columns of some types are displayed. Django would display their Python values."""


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A read-only page that rounds figures for people."""

    show_full_result_count = False

    def __init__(self, model: type[models.Model], admin_site: admin.AdminSite) -> None:
        super().__init__(model, admin_site)
        self._written = {field.name: _column(field) for field in model._meta.fields if type(field) in WRITTEN}

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """As in Django, with values for people."""
        return self._for_people(super().get_list_display(request))

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[Any]:
        """As in Django, with the displayed columns."""
        left_out = set(self.exclude or ())
        written = [column for name, column in self._written.items() if name not in left_out]
        return [*super().get_readonly_fields(request, obj), *written]

    def get_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[Any]:
        """As in Django, each once, with values for people."""
        return list(dict.fromkeys(self._for_people(super().get_fields(request, obj))))

    def _for_people(self, names: Sequence[Any]) -> list[Any]:
        return [self._written.get(name, name) for name in names]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """False: rows come from runs only."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """False: measured data stays unchanged."""
        return False


def _column(field: models.Field[Any, Any]) -> Callable[[Any], str]:
    """The column of a field with values for people. It has the field's name, by which Django finds the help text."""
    write = WRITTEN[type(field)]

    @admin.display(description=str(field.verbose_name), ordering=field.name)
    def column(row: models.Model) -> str:
        return write(getattr(row, field.name))

    column.__name__ = field.name
    return column


class Judging:
    """Withdraws figures from every comparison with a reason, and restores them."""

    def has_judge_permission(self, request: HttpRequest) -> bool:
        """Users who may change runs may withdraw figures."""
        return request.user.has_perm("perfcompare.change_run")

    def measured(self, queryset: QuerySet[Any]) -> MeasurementQuerySet:
        """The trials of the chosen rows."""
        raise NotImplementedError

    @admin.action(description="Withdraw the figures, with a reason", permissions=["judge"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        """Keep the figures, but leave them out of every comparison."""
        given = asked(self, request, queryset, action="withdraw", title="Why are these figures withdrawn?")
        if isinstance(given, HttpResponse):
            return given
        count = self.measured(queryset).withdraw(given)
        self._told(request, queryset, f"Figures of {count} trials withdrawn: {given}")
        return None

    @admin.action(description="Restore withdrawn figures", permissions=["judge"])
    def bring_back(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Undo the withdrawal. Objections of detectors stay."""
        self.measured(queryset).withdraw("")
        self._told(request, queryset, "Withdrawn figures restored")

    def _told(self, request: HttpRequest, queryset: QuerySet[Any], message: str) -> None:
        assert isinstance(self, admin.ModelAdmin)
        for row in queryset:
            self.log_change(request, row, message)
        self.message_user(request, f"{message}.", messages.SUCCESS)


def asked(
    model_admin: Any, request: HttpRequest, queryset: QuerySet[Any], *, action: str, title: str
) -> str | HttpResponse:
    """The text from the page in between; that page itself when it has not been filled in yet."""
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
