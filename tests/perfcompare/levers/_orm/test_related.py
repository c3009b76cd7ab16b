"""What others change about prefetching."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.db.models import Prefetch, QuerySet
from django.db.models import query as query_module
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor
from django.test.utils import CaptureQueriesContext

from perfcompare.levers._orm.related import PREFETCHING
from perfcompare.levers.compiled_queries.install import INSTALLATION
from users.models import Address, Post, User

pytestmark = pytest.mark.usefixtures("compiled_on_five_users")


def _counting(original: Any, seen: list[str]) -> Callable[..., Any]:
    def counted(*args: Any, **kwargs: Any) -> Any:
        seen.append(original.__name__)
        return original(*args, **kwargs)

    return counted


@pytest.mark.parametrize(
    ("owner", "name", "queryset"),
    [
        (query_module, "prefetch_one_level", User.objects.prefetch_related("posts")),
        (query_module, "prefetch_one_level", Post.objects.prefetch_related("author")),
        (query_module, "prefetch_related_objects", User.objects.prefetch_related("groups")),
        (ForwardManyToOneDescriptor, "get_prefetch_querysets", Post.objects.prefetch_related("author")),
        (User.posts.related_manager_cls, "get_prefetch_querysets", User.objects.prefetch_related("posts")),
    ],
)
def test_a_patch_of_it_sees_it(owner: Any, name: str, queryset: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    list(queryset.all())
    seen: list[str] = []
    monkeypatch.setattr(owner, name, _counting(getattr(owner, name), seen))

    list(queryset.all())

    assert seen == [name]
    assert owner not in PREFETCHING._known or list(PREFETCHING.objections())


_Prefetch: Any = Prefetch


class _Nobody(_Prefetch):  # type: ignore[misc]
    def get_current_querysets(self, level: int) -> list[QuerySet[Any]]:
        return [Post.objects.none()]


def test_a_prefetch_of_a_project_decides() -> None:
    assert all(len(one.posts.all()) for one in User.objects.prefetch_related(Prefetch("posts")))
    assert not any(len(one.posts.all()) for one in User.objects.prefetch_related(_Nobody("posts")))


def test_an_instance_that_is_there_twice_shares_what_is_prefetched() -> None:
    user = User.objects.order_by("id")[0]
    Address.objects.all().delete()
    for _ in range(2):
        Address.objects.create(user=user, street="a", city="b", country="twice")

    first, second = User.objects.filter(addresses__country="twice").prefetch_related("posts")

    assert first is not second
    assert first.posts.all()[0] is second.posts.all()[0]
    assert first.posts.all()[0].author is second


@pytest.mark.parametrize(
    "lookups",
    [
        ("posts", Prefetch("posts", Post.objects.all())),
        ("groups", "posts", Prefetch("groups", Group.objects.all())),
        ("posts", Prefetch("posts__author", User.objects.prefetch_related("posts")), Prefetch("posts__author__posts")),
        ("posts", "posts", "posts__author"),
    ],
)
def test_lookups_that_collide_are_djangos(lookups: Any) -> None:
    def asked() -> Any:
        try:
            found = User.objects.order_by("id").prefetch_related(*(copy.copy(one) for one in lookups))
            with CaptureQueriesContext(connection) as statements:
                shown = [[(post.pk, post.author.pk) for post in one.posts.all()] for one in found]
            return shown, len(statements)
        except ValueError as error:
            return str(error)

    ours = asked()
    INSTALLATION.uninstall()
    assert ours == asked()
