"""All pages at once: every Django stack with its documentation, the admin; runserver adds FastAPI (development.py)."""

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
    items = format_html_join("", '<li><a href="{}">{}</a>: {}</li>', [*links, ("/admin/", "Admin", "users and runs")])
    page = '<!doctype html><html lang="en"><title>perfcompare</title><h1>perfcompare</h1><ul>{}</ul></html>'
    return HttpResponse(format_html(page, items))


urlpatterns = [
    path("", index),
    path("admin/", admin.site.urls),
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
