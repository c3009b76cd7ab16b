from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, URLPattern, URLResolver, include, path, re_path, resolvers
from django.urls.resolvers import RegexPattern, ResolverMatch, RoutePattern

from perfcompare.levers._handling.resolver import Paths


def view(_request: HttpRequest, **_kwargs: Any) -> HttpResponse:
    return HttpResponse()


def other(_request: HttpRequest, **_kwargs: Any) -> HttpResponse:
    return HttpResponse()


USERS = [
    path("", view),
    path("new", view),
    path("<int:id>", view, name="user"),
    path("<int:id>/posts/<slug:at>", other),
]
URLCONF = (
    path("plain", view, {"extra": 1}),
    path("empty/", include([])),
    path("api/users/old", include([path("-<int:id>", view)])),
    path("api/", include([path("users/", include((USERS, "users"), namespace="people")), path("<str:rest>", other)])),
    path("defaults/<int:id>", view, {"extra": 1}),
    path("branch/", include([path("<int:id>", view)]), {"extra": 1}),
    path("tenants/<slug:tenant>/", include([path("<int:id>", view), path("plain", view)])),
    re_path(r"^old/(\d+)$", view),
    re_path(r"^years/(?P<year>\d{4})/$", view),
    re_path(r"^prefix/", include([path("<uuid:key>", view)])),
    re_path(r"^.refix/", include([path("<int:key>", view)])),
    path("files/<path:name>", view),
    path("<int:number>", view),
    path("<slug:page>", other),
)
PATHS = (
    *("/plain", "/empty/", "/empty/7", "/api/", "/api/users/", "/api/users/new", "/api/users/7", "/api/users/8"),
    *("/api/users/07", "/api/users/x", "/api/users/7/posts/a-b", "/api/users/7/posts/", "/api/users/old-7"),
    *("/api/users/old-x", "/api/usersx", "/api/rest", "/api/re/st", "/defaults/7", "/branch/7", "/tenants/a/7"),
    *("/tenants/a/plain", "/tenants/a/x", "/old/7", "/years/2026/", "/prefix/1f0c7a2e-0000-4000-8000-000000000000"),
    *("/prefix/7", "/files/a/b", "/files/", "/7", "/seven", "/7/", "/", "", "nowhere", "/n\u00f6", "/api/users/\u0667"),
)


def resolver() -> URLResolver:
    return URLResolver(RegexPattern(r"^/"), list(URLCONF))


def said(resolve: Callable[[str], ResolverMatch], where: str) -> Any:
    try:
        return vars(resolve(where))
    except Resolver404 as error:
        return error.args


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> tuple[Paths, list[str]]:
    """The paths that Django itself has resolved."""
    django = resolver()
    paths, seen = Paths(django), list[str]()

    def resolve(where: str) -> ResolverMatch:
        seen.append(where)
        return URLResolver.resolve(django, where)

    monkeypatch.setattr(django, "resolve", resolve)
    return paths, seen


def test_every_path_leads_where_django_says_each_time() -> None:
    django, paths = resolver(), Paths(resolver())
    for where in (*PATHS, *PATHS, *reversed(PATHS)):
        # Another tree has other patterns, which are named alike.
        assert repr(said(paths.resolve, where)) == repr(said(django.resolve, where)), where


def test_django_is_asked_once_for_a_route(asked: tuple[Paths, list[str]]) -> None:
    paths, seen = asked
    for number in range(3):
        assert paths.resolve(f"/api/users/{number}").kwargs == {"id": number}
        assert paths.resolve(f"/api/users/{number}/posts/at").func is other
        assert paths.resolve(f"/page-{number}").kwargs == {"page": f"page-{number}"}
    assert seen == ["/api/users/0", "/api/users/0/posts/at", "/page-0"]


def test_each_request_gets_arguments_of_its_own() -> None:
    paths = Paths(resolver())
    matches = [paths.resolve("/api/users/7") for _ in range(3)]
    for match in matches:
        assert match.kwargs == match.captured_kwargs == {"id": 7}  # type: ignore[attr-defined]  # no stubs
        match.kwargs["id"] = match.captured_kwargs["other"] = 8  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("owner", "name"),
    [
        *((URLResolver, "resolve"), (URLPattern, "resolve"), (RoutePattern, "match"), (RegexPattern, "match")),
        *((ResolverMatch, "__init__"), (resolvers, "ResolverMatch")),
    ],
)
@pytest.mark.parametrize("where", ["/plain", "/api/users/7"])
def test_a_patched_way_to_a_match_is_taken(owner: Any, name: str, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = Paths(resolver())
    paths.resolve(where), paths.resolve(where)
    stock, calls = getattr(owner, name), list[str]()

    def patched(*args: Any, **kwargs: Any) -> Any:
        calls.append(name)
        return stock(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(owner, name, patched)
        paths.resolve(where)
    assert calls
    calls.clear()
    paths.resolve(where)
    assert not calls
