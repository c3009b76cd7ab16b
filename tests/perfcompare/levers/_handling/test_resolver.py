from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, URLResolver, converters, include, path, re_path, register_converter
from django.urls.resolvers import RegexPattern, ResolverMatch

from perfcompare.levers._handling.resolver import Callables, Paths


def view(_request: HttpRequest, **_kwargs: Any) -> HttpResponse:
    return HttpResponse()


def _asked(*patterns: Any) -> tuple[Paths, list[str]]:
    resolver = URLResolver(RegexPattern(r"^/"), list(patterns))
    asked: list[str] = []
    resolve = resolver.resolve

    def counted(where: str) -> ResolverMatch:
        asked.append(where)
        return resolve(where)

    resolver.resolve = counted  # type: ignore[assignment]  # the instance's
    return Paths(resolver), asked


def test_a_static_path_is_resolved_once_and_each_request_gets_its_own_arguments() -> None:
    paths, asked = _asked(path("api/", include([path("plain", view, {"extra": 1}, name="plain")])))
    first, second = paths.resolve("/api/plain"), paths.resolve("/api/plain")
    assert asked == ["/api/plain"]
    first.kwargs["extra"] = 2
    assert (second.kwargs, paths.resolve("/api/plain").kwargs) == ({"extra": 1}, {"extra": 1})
    assert (second.func, second.url_name, second.route) == (view, "plain", "api/plain")


def test_paths_with_nameless_arguments_and_unknown_paths_are_not_remembered() -> None:
    paths, asked = _asked(re_path(r"^old/(\d+)$", view))
    assert [paths.resolve("/old/7").args for _ in range(2)] == [("7",)] * 2
    for _ in range(2):
        with pytest.raises(Resolver404):
            paths.resolve("/nowhere")
    assert asked == ["/old/7", "/old/7", "/nowhere", "/nowhere"]


class Looking(converters.StringConverter):
    def to_python(self, value: str) -> str:
        return value


@pytest.fixture
def _looking() -> Iterator[None]:
    register_converter(Looking, "looking")
    yield
    converters.REGISTERED_CONVERTERS.pop("looking")
    converters.get_converters.cache_clear()  # type: ignore[attr-defined]  # it is a cached function


@pytest.mark.usefixtures("_looking")
def test_nothing_is_remembered_beside_a_projects_own_converter() -> None:
    paths, asked = _asked(path("<looking:name>/x", view), path("plain", view))
    paths.resolve("/plain")
    paths.resolve("/plain")
    assert len(asked) == 2


def test_nothing_is_remembered_beside_patterns_of_a_language() -> None:
    paths, asked = _asked(*i18n_patterns(path("page", view)), path("plain", view))
    paths.resolve("/plain")
    paths.resolve("/plain")
    assert len(asked) == 2


def test_as_many_paths_as_a_client_can_think_of_are_not_kept() -> None:
    paths, _ = _asked(re_path(r"^any/", view))
    for number in range(3000):
        paths.resolve(f"/any/{number}")
    assert len(paths._matches) <= 1024


def test_an_answer_about_a_view_is_worked_out_once_also_for_one_that_cannot_be_remembered() -> None:
    asked: list[Any] = []

    def ask(view: Any) -> str:
        asked.append(view)
        return "answer"

    known = Callables(ask)
    assert [known(view), known(view), known([]), known([])] == ["answer"] * 4
    assert asked == [view, [], []]
