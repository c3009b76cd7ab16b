"""The requests that a URLconf offers: DRF's views and viewsets, Ninja's operations, and plain views."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.contrib.admindocs.views import simplify_regex
from django.urls import URLResolver, get_resolver

from perfcompare.project.initial.candidate import Candidate

_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
_CONVERTER: Final = re.compile(r"<(?:[^<>:]+:)?(\w+)>")
_NOT_MEASURED: Final = (
    "django.contrib.admin", "django.contrib.auth.views", "django.contrib.staticfiles", "django.views.static",
    "django.views.i18n", "drf_spectacular", "drf_yasg", "rest_framework.schemas", "ninja.openapi", "debug_toolbar",
    "silk",
)  # fmt: skip
_ADMIN: Final = "admin"
"""The application namespace of every AdminSite."""
_WORDS: Final = re.compile(r"/(?:\w+[_-])?(log-?_?(?:in|out)|sign-?_?(?:in|out|up)|swagger|redoc|openapi\.json)\b")


def candidates() -> tuple[Sequence[Candidate], Sequence[str]]:
    """Those to measure, and the paths that are left out: admin, static files, schema and docs, login and logout."""
    found: dict[str, Candidate] = {}
    left_out = []
    for route, view, spaces in _walk(get_resolver(), "", ()):
        if "{format}" in route:
            continue
        if not measured(route, view, spaces):
            left_out.append(route)
            continue
        for template in _of_versions(route):
            for method in _methods(view):
                one = Candidate(method=method, template=template, view=view)
                found.setdefault(one.name, one)
    return [*found.values()], left_out


def views() -> Iterator[Any]:
    """Every view."""
    return (view for _route, view, _spaces in _walk(get_resolver(), "", ()))


def template(route: str) -> str:
    """`/products/{pk}/` for a route of the URLconf."""
    return _CONVERTER.sub(r"{\1}", simplify_regex(route)).replace("\\", "")


def versions() -> Sequence[str]:
    """Those of the API that DRF's settings name."""
    found = _of_drf()
    return [*dict.fromkeys(filter(None, [found.DEFAULT_VERSION, *(found.ALLOWED_VERSIONS or ())]))] if found else []


def namespaces() -> Sequence[str]:
    """The names that may be versions, where DRF's settings say so."""
    found = _of_drf()
    if not found or getattr(found.DEFAULT_VERSIONING_CLASS, "__name__", "") != "NamespaceVersioning":
        return []
    return [*get_resolver().namespace_dict]


def _of_drf() -> Any:
    if not apps.is_installed("rest_framework"):
        return None
    return importlib.import_module("rest_framework.settings").api_settings


def _of_versions(route: str) -> Sequence[str]:
    """A path of each version where the route leaves it open."""
    parameter = f"{{{found.VERSION_PARAM}}}" if (found := _of_drf()) else ""
    if not parameter or parameter not in route:
        return [route]
    return [route.replace(parameter, one) for one in versions()] or [route]


def measured(path: str, view: Any, spaces: Sequence[str | None]) -> bool:
    """Whether a path is the project's own work. `spaces` are the application namespaces around it.

    An admin has views of other apps, such as those of users, and of the project. Where no route leads to static files
    and uploads, another server has them.
    """
    files = (settings.STATIC_URL, settings.MEDIA_URL)
    if any(one not in {None, "/"} and path.startswith(one) for one in files):
        return False
    inner = getattr(view, "cls", None) or getattr(view, "view_class", None) or view
    module = str(getattr(getattr(inner, "func", inner), "__module__", ""))  # of a partial: that of its function
    library = any(module == one or module.startswith(f"{one}.") for one in _NOT_MEASURED)
    return not library and _ADMIN not in spaces and not _WORDS.search(path)


def operations(view: Any) -> Sequence[Any]:
    """Those of Ninja at this path. Its view is a method of the object that has them, or a function around one."""
    around = inspect.getclosurevars(view).nonlocals if inspect.isfunction(view) else {}
    return getattr(getattr(view, "__self__", around.get("self")), "operations", None) or []


def _walk(
    resolver: URLResolver, prefix: str, spaces: tuple[str | None, ...]
) -> Iterator[tuple[str, Any, Sequence[str | None]]]:
    for entry in resolver.url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _walk(entry, route, (*spaces, entry.app_name))
        else:
            yield template(route), entry.callback, spaces


def _methods(view: Any) -> Sequence[str]:
    if found := operations(view):
        return [method for one in found for method in one.methods if method in _METHODS]
    if actions := getattr(view, "actions", None):
        return [method.upper() for method in actions if method.upper() in _METHODS]
    kind = getattr(view, "cls", None) or getattr(view, "view_class", None)
    if kind is None:
        return ["GET"]
    return [method for method in _METHODS if hasattr(kind, method.lower())]
