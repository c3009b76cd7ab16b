"""Rows of the database for the parameters of a path."""

from __future__ import annotations

from typing import Any, NoReturn

import pytest
from django.db.models import Manager
from django.http import HttpResponse
from django.urls import path
from django.views.generic import DetailView
from rest_framework.generics import RetrieveAPIView

from perfcompare.project.initial.candidate import Candidate
from perfcompare.project.initial.ids import Ids
from users.models import Post, User

pytestmark = pytest.mark.django_db


class _Users(RetrieveAPIView[User]):
    queryset = User.objects.order_by("id")
    lookup_field = "email"
    lookup_url_kwarg = "author"


class _Posts(RetrieveAPIView[Post]):
    """Asks its request for more than there is."""

    queryset = Post.objects.order_by("id")

    def get_queryset(self) -> NoReturn:
        raise LookupError(self.request.tenant)  # type: ignore[attr-defined]


class _Page(DetailView):  # type: ignore[type-arg]  # takes none when it runs
    model = User
    slug_field = "email"


class _Refusing(Manager[User]):
    def order_by(self, *_names: Any) -> NoReturn:
        raise RuntimeError("a scope needs to be active")


@pytest.fixture(autouse=True)
def rows() -> None:
    authors = [User.objects.create(email=f"{name}@example.com", name=name) for name in ("ada", "bob")]
    for author in reversed(authors):
        Post.objects.create(author=author, title=author.name)


def _paths(template: str, *others: Candidate, view: Any = None) -> list[str]:
    candidate = Candidate(method="GET", template=template, view=view)
    return [*Ids([candidate, *others], None).paths(candidate)]


def _user() -> Candidate:
    return Candidate(method="GET", template="/authors/{author}/", view=_Users.as_view())


def test_an_object_that_says_its_address_has_it(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    template = "/authors/{name}_{number}/"
    settings.ROOT_URLCONF = (path("authors/<str:name>_<int:number>/", HttpResponse),)
    assert _paths(template) == []

    def address(user: User) -> str:
        if user.name == "bob":
            raise LookupError("code of the project")
        return f"https://site.example/authors/{user.name}_{user.pk}/"

    monkeypatch.setattr(User, "get_absolute_url", address, raising=False)
    assert _paths(template) == [f"/authors/ada_{User.objects.get(name='ada').pk}/"]


def test_the_rows_of_one_path_belong_together() -> None:
    posts = {post.author_id: post.pk for post in Post.objects.all()}
    first = User.objects.earliest("pk")
    assert _paths("/users/{user_id}/posts/{pk}/")[0] == f"/users/{first.pk}/posts/{posts[first.pk]}/"


def test_a_parameter_before_others_is_what_the_view_of_its_own_path_looks_up() -> None:
    assert _paths("/authors/{author}/posts/", _user())[0] == "/authors/ada%40example.com/posts/"
    assert _paths("/authors/{writer}/posts/", _user())[0] == "/authors/ada%40example.com/posts/"


def test_a_parameter_elsewhere_is_what_the_view_looks_up_that_gives_it_this_name() -> None:
    assert _paths("/feed/{author}/", _user())[0] == "/feed/ada%40example.com/"


def test_a_view_that_cannot_be_asked_without_its_request_is_known_by_its_model() -> None:
    first = User.objects.earliest("pk")
    post = Post.objects.get(author=first)
    path = _paths("/authors/{author}/texts/{pk}/", _user(), view=_Posts.as_view())[0]
    assert path == f"/authors/ada%40example.com/texts/{post.pk}/"


def test_a_page_is_found_by_its_key_or_its_slug() -> None:
    assert _paths("/page/{pk}/", view=_Page.as_view())[0] == f"/page/{User.objects.earliest('pk').pk}/"
    assert _paths("/page/{slug}/", view=_Page.as_view())[0] == "/page/ada%40example.com/"


def test_a_manager_that_refuses_to_be_asked_is_gone_past(monkeypatch: pytest.MonkeyPatch) -> None:
    refusing = _Refusing()
    refusing.model = User
    monkeypatch.setitem(vars(User._meta), "default_manager", refusing)
    assert _paths("/users/{user_id}/")


def test_a_table_without_rows_gives_no_path() -> None:
    Post.objects.all().delete()
    assert _paths("/posts/{pk}/") == []
