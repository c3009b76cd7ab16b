"""All pages at once: every Django stack, its documentation, the admin, the reports; runserver adds FastAPI."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import include, path, re_path
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


urlpatterns = [
    path("", index),
    path("admin/", admin.site.urls),
    path("reports/", include("perfcompare.urls")),
    path("health", health),
    path("api/drf/", include("perfcompare.stacks.drf.docs_urls")),
    path("api/adrf/", include("perfcompare.stacks.adrf.docs_urls")),
    *(
        path(f"api/{name}/", include(stack.django.urlconf))
        for name, stack in stacks.items()
        if stack.django and not stack.levers
    ),
    re_path(r"^api/", error_404),
]
handler400 = error_400
