"""Prefetched QuerySets whose instances are made when somebody wants them."""

from __future__ import annotations

import copy
import gc
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import Prefetch
from django.db.models.signals import post_init
from pytest_django import DjangoAssertNumQueries

from perfcompare.levers._orm.prefetched import peeked, results_or_itself, rows_of_all
from users.models import Address, Post, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("compiled_on_five_users")]


def listed() -> list[User]:
    return list(User.objects.prefetch_related("addresses").order_by("id"))


def test_there_are_rows_until_somebody_wants_instances() -> None:
    querysets: list[Any] = [user.addresses.all() for user in listed()]
    found = rows_of_all(querysets)

    assert found is not None
    origin, rows = found
    assert [len(one) for one in rows] == [len(queryset) for queryset in querysets]
    assert origin.columns == tuple(field.attname for field in Address._meta.concrete_fields)
    assert rows_of_all(querysets) is None  # `len` made them


def test_rows_of_two_loadings_have_nothing_in_common() -> None:
    assert rows_of_all([listed()[0].addresses.all(), listed()[1].addresses.all()]) is None


def test_an_ordinary_queryset_does_not_wait() -> None:
    assert rows_of_all([User.objects.all()]) is None
    assert rows_of_all([]) is None


def test_each_instance_is_made_once_and_knows_its_parent(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    user = listed()[0]

    with django_assert_num_queries(0):
        first, again = list(user.addresses.all()), list(user.addresses.all())

        assert first
        assert all(one is other for one, other in zip(first, again, strict=True))
        assert all(one.user is user for one in first)


def test_a_relation_outlives_the_instance_that_it_was_prefetched_for(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    addresses = listed()[0].addresses.all()
    gc.collect()

    with django_assert_num_queries(0):
        assert {address.user.id for address in addresses} == {addresses[0].user_id}


def test_results_are_the_queryset_itself_while_there_are_only_rows() -> None:
    addresses: Any = listed()[0].addresses.all()

    assert results_or_itself(addresses) is addresses
    assert list(addresses)
    assert results_or_itself(addresses) is addresses._result_cache
    assert results_or_itself(addresses) is not addresses
    assert results_or_itself(User.objects.all()) is None


def test_whoever_listens_to_the_making_of_children_sees_it_when_it_happens() -> None:
    user, seen = listed()[0], list[Any]()

    def listen(instance: Address, **_signal: Any) -> None:
        seen.append(instance)

    post_init.connect(listen, sender=Address)
    try:
        made = list(user.addresses.all())
        listed()
    finally:
        post_init.disconnect(listen, sender=Address)

    assert seen[: len(made)] == made
    assert len(seen) == len(made) + Address.objects.count()


def test_what_is_prefetched_below_is_there_before_anybody_asks(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    posts = Prefetch("posts", Post.objects.prefetch_related("author"))
    with django_assert_num_queries(3):
        users = list(User.objects.prefetch_related(posts).order_by("id"))

    with django_assert_num_queries(0):
        assert all(post.author_id == user.id == post.author.id for user in users for post in user.posts.all())


def test_a_child_without_all_its_columns_asks_for_the_rest(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    user = User.objects.prefetch_related(Prefetch("addresses", Address.objects.only("city", "user"))).order_by("id")[0]

    with django_assert_num_queries(0):
        (address, *_) = user.addresses.all()
        assert address.city
    with django_assert_num_queries(1):
        assert address.street


def test_a_list_whose_relation_nobody_takes_leaves_no_cycle(
    cyclic_garbage: Callable[[Callable[[], Any]], int],
) -> None:
    def listed(many: int) -> list[Any]:
        return list(User.objects.prefetch_related("addresses").order_by("id")[:many])

    def look(many: int) -> None:
        assert all(peeked(user._prefetched_objects_cache, "addresses") is not None for user in listed(many))

    # The first is told to database routers, as by Django, in a QuerySet that all keep.
    assert cyclic_garbage(lambda: look(5)) - cyclic_garbage(lambda: look(1)) < 5
    assert cyclic_garbage(lambda: [user.addresses.all() for user in listed(5)]) - cyclic_garbage(lambda: look(1)) > 20


@pytest.mark.parametrize("again", [copy.copy, lambda user: pickle.loads(pickle.dumps(user))])  # noqa: S301
def test_a_copy_that_outlives_the_instance_has_the_relation(
    again: Callable[[User], User], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    (city, owner), user = Address.objects.order_by("id").values_list("city", "user_id")[0], again(listed()[0])
    gc.collect()

    with django_assert_num_queries(0):
        (address, *_) = user.addresses.all()
        assert (address.city, address.user.id) == (city, owner)
    assert user.addresses.all().filter(city=city).count()


@pytest.mark.parametrize(
    "take",
    [
        lambda cache: cache["addresses"],
        lambda cache: cache.get("addresses"),
        lambda cache: cache.pop("addresses"),
        lambda cache: cache.popitem()[1],
        lambda cache: cache.setdefault("addresses", None),
        lambda cache: next(iter(cache.values())),
        lambda cache: next(iter(cache.items()))[1],
        lambda cache: cache.copy()["addresses"],
        lambda cache: ({} | cache)["addresses"],
        lambda cache: (cache | {})["addresses"],
        lambda cache: copy.copy(cache)["addresses"],
    ],
)
def test_whoever_takes_a_relation_keeps_its_instance(
    take: Callable[[Any], Any], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    user = listed()[0]
    user.name = "Changed"
    addresses = take(user._prefetched_objects_cache)  # type: ignore[attr-defined]
    del user

    with django_assert_num_queries(0):
        assert addresses[0].user.name == "Changed"
