"""Instances of a joined one-to-one relation, which make no reference cycle until somebody follows it."""

from __future__ import annotations

import copy
import gc
import pickle
import weakref
from collections.abc import Callable
from typing import Any

import pytest
from django.db.models.base import ModelState
from pytest_django import DjangoAssertNumQueries

from perfcompare.levers._orm.relatives import Relatives, forget_owners
from users.models import Profile, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("compiled_on_five_users")]


def listed() -> list[User]:
    return list(User.objects.select_related("profile").order_by("id"))


def cache_of(user: User) -> Any:
    return user._state.fields_cache


def test_a_list_that_nobody_follows_leaves_no_cycle(cyclic_garbage: Callable[[Callable[[], Any]], int]) -> None:
    assert cyclic_garbage(listed) == 0


def test_what_was_read_and_forgotten_leaves_no_cycle(cyclic_garbage: Callable[[Callable[[], Any]], int]) -> None:
    def read(*, forget: bool) -> None:
        users = listed()
        assert [user.metadata for user in users]
        if forget:
            forget_owners(users)

    # Since Django 6.1 the collector lets states undo their cycles, and has nothing left to count.
    assert cyclic_garbage(lambda: read(forget=False)) >= (0 if hasattr(ModelState, "__del__") else 5)
    assert cyclic_garbage(lambda: read(forget=True)) == 0


def test_relatives_know_each_other(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    user = listed()[0]

    with django_assert_num_queries(0):
        assert user.profile.user is user
        assert user.profile is user.profile


@pytest.mark.parametrize("forget", [False, True])
def test_a_relative_outlives_its_owner(django_assert_num_queries: DjangoAssertNumQueries, forget: bool) -> None:
    users = listed()
    names, profiles = [user.name for user in users], [user.profile for user in users]
    if forget:
        forget_owners(users)
    del users
    gc.collect()

    with django_assert_num_queries(0):
        assert [profile.user.name for profile in profiles] == names


def test_an_owner_that_was_changed_stays_that_one(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    user = listed()[0]
    user.name = "Changed"
    assert user.metadata is not None
    forget_owners([user])
    profile = user.profile
    del user

    with django_assert_num_queries(0):
        assert profile.user.name == "Changed"


def test_a_relative_that_was_changed_stays_that_one() -> None:
    user = listed()[0]
    user.profile.bio = "Changed"
    forget_owners([user])

    assert user.profile.bio == "Changed"


@pytest.mark.parametrize(
    "keep",
    [
        lambda profile: profile,
        lambda profile: profile.__dict__,
        lambda profile: profile._state,
        lambda profile: profile._state.fields_cache,
        weakref.ref,
    ],
)
def test_what_somebody_kept_does_not_forget(keep: Callable[[Profile], Any]) -> None:
    users = listed()
    kept = keep(users[0].profile)
    assert users[1].profile
    forget_owners(users)

    assert kept is not None
    assert [cache_of(user).waiting is None for user in users] == [True, False, False, False, False]


def test_an_owner_without_a_relative(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    Profile.objects.filter(user=User.objects.order_by("id")[0]).delete()
    without, with_one = listed()[:2]

    with django_assert_num_queries(0):
        assert without.metadata == {}
        assert with_one.metadata == with_one.profile.metadata
    forget_owners([without, with_one])
    with django_assert_num_queries(0), pytest.raises(Profile.DoesNotExist):
        without.profile  # noqa: B018


def test_the_other_side_of_the_relation(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    (profile, *_) = Profile.objects.select_related("user").order_by("user_id")

    with django_assert_num_queries(0):
        assert profile.user.profile is profile


def test_another_relative_takes_the_place(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    user = listed()[0]
    before, other = cache_of(user).waiting, Profile(user=user, bio="Another")
    user.profile = other

    with django_assert_num_queries(0):
        assert user.profile is other
        assert before.user is user
    user.refresh_from_db()
    assert user.profile.bio == before.bio


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, lambda user: pickle.loads(pickle.dumps(user))])  # noqa: S301
def test_copies_know_their_relatives(
    again: Callable[[User], User], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    user = again(listed()[0])
    gc.collect()

    with django_assert_num_queries(0):
        assert user.profile.user == user
    assert type(cache_of(user)) is dict


def test_a_relative_that_is_finalised_has_its_owner_until_then(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []
    gc.collect()  # those of other tests
    monkeypatch.setattr(Profile, "__del__", lambda profile: seen.append(profile.user.name), raising=False)
    names = [user.name for user in listed()]
    gc.collect()

    assert sorted(seen) == sorted(names)


@pytest.mark.parametrize(
    "use",
    [
        lambda cache: cache["profile"],
        lambda cache: cache.get("profile"),
        lambda cache: cache.get("other", 1),
        lambda cache: cache.pop("profile"),
        lambda cache: cache.pop("other", 1),
        lambda cache: cache["other"],
        lambda cache: cache.popitem(),
        lambda cache: cache.setdefault("profile", 1),
        lambda cache: cache.setdefault("other", 1),
        lambda cache: cache.update(other=1),
        lambda cache: cache.clear(),
        lambda cache: cache.__delitem__("profile"),
        lambda cache: cache.__setitem__("profile", 1),
        lambda cache: "profile" in cache,
        lambda cache: "other" in cache,
        lambda cache: list(cache),
        lambda cache: list(reversed(cache)),
        lambda cache: (len(cache), bool(cache)),
        lambda cache: list(cache.keys()),
        lambda cache: list(cache.values()),
        lambda cache: list(cache.items()),
        lambda cache: cache.copy(),
        lambda cache: dict(cache),
        lambda cache: {**cache},
        lambda cache: cache | {"other": 1},
        lambda cache: {"other": 1} | cache,
        lambda cache: cache == {},
        lambda cache: cache != {},
        lambda cache: copy.copy(cache),
        repr,
    ],
)
def test_it_is_used_like_the_dictionary_that_django_has_there(use: Callable[[Any], Any]) -> None:
    user = listed()[0]  # which must live: since Django 6.1 its state empties the cache when it goes
    cache = cache_of(user)
    stock = {"profile": cache.waiting}
    assert isinstance(cache, Relatives)

    def outcome(of: Any) -> Any:
        try:
            return use(of)
        except KeyError as error:
            return repr(error)

    assert outcome(cache) == outcome(stock)
    assert cache == stock
