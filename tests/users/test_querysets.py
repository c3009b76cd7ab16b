from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from pytest_django import DjangoAssertNumQueries

from tests.users.factories import make_user
from users import seeding
from users.dataset import Dataset
from users.models import Address, Post, User

pytestmark = pytest.mark.django_db

DATASET = Dataset(count=5, seed=1)


@pytest.fixture
def _seeded() -> None:
    seeding.seed(count=DATASET.count, seed=DATASET.seed)


@pytest.mark.usefixtures("_seeded")
def test_detail_is_one_statement_that_leaves_the_password_out(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(1) as captured:
        user = User.objects.detail().get(id=3)
        shown = (user.id, user.name, user.email)

    expected = DATASET.user(3)
    assert shown == (expected.id, expected.name, expected.email)
    assert "password" not in captured.captured_queries[0]["sql"]


@pytest.mark.usefixtures("_seeded")
def test_a_listing_is_two_statements_however_many_users(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(2) as captured:
        listed = [
            (
                user.id,
                user.name,
                user.email,
                user.created_at,
                user.metadata,
                [(one.street, one.city, one.country) for one in user.addresses.all()],
            )
            for user in User.objects.listing()
        ]

    assert listed == [
        (
            user.id,
            user.name,
            user.email,
            user.created_at,
            user.metadata,
            [(one.street, one.city, one.country) for one in user.addresses],
        )
        for user in DATASET.users()
    ]
    assert all("password" not in query["sql"] and "bio" not in query["sql"] for query in captured.captured_queries)


def test_a_listing_holds_users_without_profile_too(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    user = make_user()

    with django_assert_num_queries(2):
        (listed,) = User.objects.listing()
        assert (listed.id, listed.metadata, list(listed.addresses.all())) == (user.id, {}, [])


def test_a_listing_has_addresses_by_id() -> None:
    user = make_user()
    for id in (3_000_002, 3_000_003, 3_000_001):
        Address.objects.create(id=id, user=user, street="Main Street", city="London", country="United Kingdom")

    (listed,) = User.objects.listing()

    assert [one.id for one in listed.addresses.all()] == [3_000_001, 3_000_002, 3_000_003]


@pytest.mark.usefixtures("_seeded")
def test_summaries_are_one_statement_by_id(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        shown = [(user.id, user.name, user.email) for user in User.objects.summaries()]

    assert shown == [(user.id, user.name, user.email) for user in DATASET.users()]


@pytest.mark.usefixtures("_seeded")
def test_a_user_that_was_changed_last_keeps_its_place() -> None:
    User.objects.filter(id=1).update(last_login=None)  # PostgreSQL moves the row to the end of the table

    assert [user.id for user in User.objects.summaries()] == [1, 2, 3, 4, 5]
    assert [user.id for user in User.objects.listing()] == [1, 2, 3, 4, 5]


@pytest.mark.usefixtures("_seeded")
def test_newest_users_come_newest_first(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        shown = [(user.id, user.name, user.email) for user in User.objects.newest(3)]

    assert shown == [(user.id, user.name, user.email) for user in DATASET.newest_users(3)]


@pytest.mark.usefixtures("_seeded")
def test_newest_posts_come_newest_first_without_bodies(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1) as captured:
        shown = [(post.id, post.title, post.author_id, post.created_at) for post in Post.objects.newest(4)]

    assert shown == [(post.id, post.title, post.author_id, post.created_at) for post in DATASET.newest_posts(4)]
    assert "body" not in captured.captured_queries[0]["sql"]


def test_of_two_made_at_the_same_time_the_larger_id_is_newer() -> None:
    moment = datetime(2024, 1, 1, tzinfo=UTC)
    first, second = (make_user(f"{name}@people.example") for name in ("a", "b"))
    User.objects.update(created_at=moment)
    for title in ("first", "second"):
        Post.objects.create(author=first, title=title, body="", created_at=moment)

    assert [user.id for user in User.objects.newest(2)] == [second.id, first.id]
    assert [post.title for post in Post.objects.newest(2)] == ["second", "first"]


@pytest.mark.usefixtures("_seeded")
def test_seeded_users_are_told_from_others() -> None:
    make_user()
    make_user("user9@seeded.example")

    assert {user.id for user in User.objects.seeded()} == set(range(1, DATASET.count + 1))


def test_the_queries_serve_async_code_as_they_are() -> None:
    user = make_user()

    async def ask() -> tuple[str, list[int], list[dict[str, Any]]]:
        detail = await User.objects.detail().aget(id=user.id)
        newest = [one.id async for one in User.objects.newest(1)]
        return detail.name, newest, [one.metadata async for one in User.objects.listing()]

    assert async_to_sync(ask)() == ("Ada", [user.id], [{}])
