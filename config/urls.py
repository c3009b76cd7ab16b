"""All pages at once: every Django stack, its documentation, the admin, the reports; runserver adds FastAPI."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.views.decorators import staff_member_required
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path, re_path

from perfcompare import mounted
from perfcompare.contract.pages import error_400, error_404, health
from perfcompare.views.front import front

DOCUMENTED = [name for name in mounted.DJANGO if find_spec(f"perfcompare.stacks.{name}.docs_urls")]
"""Stacks whose interactive documentation has paths of its own."""


def no_icon(_request: HttpRequest) -> HttpResponse:
    """There is none; a 404 would be a complaint in every browser's console."""
    return HttpResponse(status=204)


def silk_pages() -> list[URLPattern | URLResolver]:
    """The pages of silk, which ask for staff themselves; clearing its records needs the permission as well."""
    if not apps.is_installed("silk"):
        return []
    from silk import urls
    from silk.views.clear_db import ClearDBView

    allowed = permission_required("perfcompare.clear_profiles", raise_exception=True)
    clear = staff_member_required(allowed(ClearDBView.as_view()))
    shown = [path(str(page.pattern), _found(page.callback), name=page.name) for page in urls.urlpatterns]
    return [path("silk/cleardb/", clear), path("silk/", include((shown, urls.app_name)))]


def _found(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Silk's page; what it does not hold (any more) is a 404, where silk itself answers 500."""

    @wraps(view)
    def found(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except (ObjectDoesNotExist, ValueError) as error:
            raise Http404("Silk holds no such record.") from error

    return found


urlpatterns = [
    path("", front),
    path("admin/", admin.site.urls),
    path("reports/", include("perfcompare.urls")),
    *silk_pages(),
    path("health", health),
    path("favicon.ico", no_icon),
    *(path(f"api/{name}/", include(f"perfcompare.stacks.{name}.docs_urls")) for name in DOCUMENTED),
    *(path(f"api/{name}/", include(part.urlconf)) for name, part in mounted.DJANGO.items()),
    re_path(r"^api/", error_404),
]
handler400 = error_400
