"""What is found of a project."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.urls.resolvers import URLResolver
from django.views import View
from rest_framework.serializers import ModelSerializer, Serializer
from rest_framework.views import APIView

from perfcompare.levers._project import Project
from perfcompare.levers._replacing.watch import watch_of


class Page(View):
    pass


class Endpoint(APIView):
    pass


def function(_request: HttpRequest) -> HttpResponse:
    return HttpResponse()


class Broken:
    """A URLconf whose patterns cannot be made."""

    @property
    def urlpatterns(self) -> Any:
        raise LookupError("No patterns.")


urlpatterns: list[Any] = []


@pytest.fixture(autouse=True)
def _urls(settings: Any) -> None:
    settings.ROOT_URLCONF = __name__
    urlpatterns[:] = [
        path("page", Page.as_view()),
        path("function", function),
        path("inner/", include(([path("endpoint", Endpoint.as_view()), path("again", Endpoint.as_view())], "inner"))),
    ]


def test_classes_of_views_are_found_at_any_depth_and_once() -> None:
    project = Project()
    assert (project.views, project.problems) == ((Page, Endpoint), [])
    assert function in project.callbacks


def test_what_cannot_be_imported_is_one_sentence_and_the_rest_is_there() -> None:
    broken: Any = Broken()
    resolver: Any = path("broken/", include(([], "broken")))
    resolver.urlconf_name = broken
    urlpatterns.insert(0, resolver)
    assert isinstance(resolver, URLResolver)

    project = Project()
    assert project.views == (Page, Endpoint)
    (problem,) = project.problems
    assert problem.endswith("cannot be imported, so its views are not looked at: LookupError('No patterns.').")


def test_a_project_without_a_urlconf_has_no_views(settings: Any) -> None:
    settings.ROOT_URLCONF = None
    project = Project()
    assert (project.views, project.problems) == ((), [])


def test_the_classes_of_libraries_are_not_the_projects() -> None:
    class Own(ModelSerializer[Any]):
        pass

    found = Project().subclasses(Serializer)
    assert Own in found
    assert ModelSerializer not in found
    assert not any(one.__module__.startswith("rest_framework.") for one in found)


def test_what_inherits_only_to_notice_changes_is_no_class_of_the_project() -> None:
    class Own(Serializer[Any]):
        pass

    version: Any = watch_of([Own])
    found = Project().subclasses(Own)
    assert version is None or type.__subclasses__(Own) == [version.cls.__base__]
    assert found == ()
