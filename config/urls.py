"""All pages at once: every Django stack, its documentation, the admin, the reports; runserver adds FastAPI."""

from __future__ import annotations

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.views.decorators import staff_member_required
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.utils.html import format_html, format_html_join

from perfcompare.contract.pages import error_400, error_404, health
from perfcompare.registries import stacks


def index(_request: HttpRequest) -> HttpResponse:
    """Where to go from here."""
    links = [
        (f"/api/{name}/{stack.docs}", stack.label, stack.summary)
        for name, stack in stacks.items()
        if stack.docs is not None
    ]
    pages = [("/reports/", "Reports", "what was measured, and what follows"), ("/admin/", "Admin", "users and runs")]
    items = format_html_join("", '<li><a href="{}">{}</a>: {}</li>', [*pages, *links])
    page = '<!doctype html><html lang="en"><title>perfcompare</title><h1>perfcompare</h1><ul>{}</ul></html>'
    return HttpResponse(format_html(page, items))


def no_icon(_request: HttpRequest) -> HttpResponse:
    """There is none; a 404 would be a complaint in every browser's console."""
    return HttpResponse(status=204)


def silk_pages() -> list[URLPattern | URLResolver]:
    """The pages of silk, which ask for staff themselves; clearing its records needs the permission as well."""
    if not apps.is_installed("silk"):
        return []
    from silk.views.clear_db import ClearDBView

    allowed = permission_required("perfcompare.clear_profiles", raise_exception=True)
    clear = staff_member_required(allowed(ClearDBView.as_view()))
    return [path("silk/cleardb/", clear), path("silk/", include("silk.urls", namespace="silk"))]


urlpatterns = [
    path("", index),
    path("admin/", admin.site.urls),
    path("reports/", include("perfcompare.urls")),
    *silk_pages(),
    path("health", health),
    path("favicon.ico", no_icon),
    path("api/drf/", include("perfcompare.stacks.drf.docs_urls")),
    path("api/adrf/", include("perfcompare.stacks.adrf.docs_urls")),
    path("api/modern_rest/", include("perfcompare.stacks.modern_rest.docs_urls")),
    *(
        path(f"api/{name}/", include(stack.django.urlconf))
        for name, stack in stacks.items()
        if stack.django and not stack.levers
    ),
    re_path(r"^api/", error_404),
]
handler400 = error_400
