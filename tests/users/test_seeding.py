from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth.models import Group
from django.db import connection
from django.db.models import Model
from rest_framework.authtoken.models import Token

from tests.users.factories import make_user
from users import generation, seeding
from users.dataset import FIRST_FREE_ID, Dataset
from users.models import Address, Post, Profile, Seeding, User
from users.seeding import SeedingError

pytestmark = pytest.mark.django_db

OWNERS: dict[type[Model], str] = {User: "id", Profile: "user", Address: "user", Post: "author", Token: "user"}


def rows(first_owner: int = 1) -> list[list[Any]]:
    """Every row of every table whose user has that id or a larger one."""
    return [
        list(model._base_manager.filter(**{f"{owner}__gte": first_owner}).order_by("pk").values())
        for model, owner in OWNERS.items()
    ]


def versions() -> set[tuple[str, str]]:
    """The transaction ids of all row versions: they change when anything is written, be it the same values."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT xmin::text, ctid::text FROM users_user UNION SELECT xmin::text, ctid::text FROM users_post"
        )
        return set(cursor.fetchall())


def a_full_user(email: str) -> User:
    user = make_user(email)
    Profile.objects.create(user=user)
    Address.objects.create(user=user, street="Main Street 1", city="London", country="United Kingdom")
    Post.objects.create(author=user, title="A", body="b")
    Token.objects.create(user=user)
    user.groups.add(Group.objects.get_or_create(name="readers")[0])
    LogEntry.objects.create(user=user, action_flag=ADDITION)
    return user


def test_the_database_then_holds_the_dataset() -> None:
    dataset = Dataset(count=20, seed=7)

    assert seeding.seed(count=20, seed=7)

    assert [
        (one.id, one.name, one.email, one.password, one.created_at, one.profile.bio, one.profile.metadata)
        for one in User.objects.order_by("id")
    ] == [(one.id, one.name, one.email, one.password, one.created_at, one.bio, one.metadata) for one in dataset.users()]
    assert list(Address.objects.order_by("id").values_list("id", "user_id", "street", "city", "country")) == [
        (one.id, user.id, one.street, one.city, one.country) for user in dataset.users() for one in user.addresses
    ]
    assert list(Post.objects.order_by("id").values_list("id", "author_id", "title", "body", "created_at")) == [
        (one.id, one.author_id, one.title, one.body, one.created_at) for one in dataset.posts()
    ]
    assert dict(Token.objects.values_list("user_id", "key")) == {one.id: one.token for one in dataset.users()}


def test_seeded_users_are_active_without_rights_and_without_password() -> None:
    seeding.seed(count=1, seed=1)

    user = User.objects.get(id=1)

    assert user.is_active
    assert (user.is_staff, user.is_superuser, user.has_usable_password()) == (False, False, False)


def test_a_second_time_nothing_is_written() -> None:
    seeding.seed(count=20, seed=1)
    before = versions()

    assert not seeding.seed(count=20, seed=1)

    assert versions() == before


@pytest.mark.parametrize(("count", "seed"), [(10, 1), (30, 1), (20, 2)])
def test_another_count_or_seed_replaces_the_rows(count: int, seed: int) -> None:
    seeding.seed(count=count, seed=seed)
    expected = rows()
    seeding.seed(count=20, seed=1)
    assert rows() != expected

    assert seeding.seed(count=count, seed=seed)

    assert rows() == expected


@pytest.mark.parametrize(
    "spoil",
    [
        lambda: User.objects.filter(id=3).update(name="Somebody else"),
        lambda: User.objects.filter(id=3).update(is_active=False),
        lambda: Profile.objects.filter(id=3).delete(),
        lambda: Address.objects.filter(id=3).update(city="Elsewhere"),
        lambda: Post.objects.filter(id=3).delete(),
        lambda: Token.objects.filter(user_id=3).delete(),
        lambda: Seeding.objects.update(version=0),
        lambda: Seeding.objects.all().delete(),
    ],
)
def test_changed_rows_are_noticed_and_made_right(spoil: Any) -> None:
    seeding.seed(count=5, seed=1)
    expected = rows()
    spoil()

    assert seeding.seed(count=5, seed=1)

    assert rows() == expected


def test_people_and_what_is_theirs_stay_as_they_are() -> None:
    people = [a_full_user("ada@people.example"), a_full_user("zoe@seeded.example")]
    before = rows()

    seeding.seed(count=20, seed=1)
    seeding.seed(count=10, seed=2)

    assert rows(FIRST_FREE_ID) == before
    assert all(user.groups.count() == 1 for user in people)


def test_what_people_hung_on_a_seeded_user_outlives_its_replacement() -> None:
    seeding.seed(count=5, seed=1)
    post = Post.objects.create(author_id=5, title="By hand", body="")

    seeding.seed(count=5, seed=2)

    assert Post.objects.get(id=post.id).author.name == Dataset(count=5, seed=2).user(5).name


def test_a_seeded_user_on_whom_something_hangs_does_not_vanish() -> None:
    seeding.seed(count=5, seed=1)
    Post.objects.create(author_id=5, title="By hand", body="")
    before = rows()

    with pytest.raises(SeedingError, match=r"users_post.*\(5\).*DATABASE_URL.*Nothing was changed"):
        seeding.seed(count=4, seed=1)

    assert rows() == before


def test_a_user_with_an_id_that_is_needed_is_named_and_nothing_changes() -> None:
    seeding.seed(count=2, seed=1)
    User.objects.create(id=4, name="Ada", email="ada@people.example")
    before = rows()

    with pytest.raises(SeedingError, match=r"User 4, Ada <ada@people.example>.*DATABASE_URL.*Nothing was changed"):
        seeding.seed(count=5, seed=1)

    assert rows() == before


def test_a_user_with_an_id_that_is_not_needed_is_no_hindrance() -> None:
    User.objects.create(id=6, name="Ada", email="ada@people.example")

    assert seeding.seed(count=5, seed=1)


def test_a_user_with_an_address_that_is_needed_is_named_and_nothing_changes() -> None:
    make_user("user3@seeded.example")
    before = rows()

    with pytest.raises(SeedingError, match=r"user3@seeded.example"):
        seeding.seed(count=5, seed=1)

    assert rows() == before


@pytest.mark.parametrize("count", [0, 1_000_001])
def test_a_count_out_of_range_is_refused(count: int) -> None:
    with pytest.raises(ValueError, match="1000000"):
        seeding.seed(count=count, seed=1)


def test_later_rows_never_get_an_id_of_seeding() -> None:
    seeding.seed(count=5, seed=1)

    user = a_full_user("ada@people.example")

    assert user.id >= FIRST_FREE_ID
    assert user.profile.id >= FIRST_FREE_ID
    assert user.addresses.get().id > 2_000_000
    assert user.posts.get().id > 2_000_000


def test_ids_that_people_have_are_not_given_out_again() -> None:
    User.objects.create(id=FIRST_FREE_ID + 50, name="Ada", email="ada@people.example")

    seeding.seed(count=5, seed=1)

    assert make_user("zoe@people.example").id == FIRST_FREE_ID + 51


def test_progress_rises_to_the_number_of_rows() -> None:
    seen: list[tuple[int, int]] = []

    seeding.seed(count=1000, seed=1, progress=lambda done, total: seen.append((done, total)))

    assert seen[0] == (0, 7000)
    assert seen[-1] == (7000, 7000)
    assert len(seen) > 3
    assert seen == sorted(seen)


@pytest.mark.django_db(transaction=True)
def test_cached_pages_are_stale_after_seeding_and_not_after_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    bumps: list[str] = []
    monkeypatch.setattr(generation, "bump", lambda: bumps.append("bump"))

    seeding.seed(count=5, seed=1)
    seeding.seed(count=5, seed=1)
    seeding.remove_created()

    assert bumps == ["bump"]


def test_what_programs_created_is_removed_with_all_that_hangs_on_it() -> None:
    seeding.seed(count=5, seed=1)
    before = rows()
    for number in range(3):
        a_full_user(f"new{number}@created.example")

    assert seeding.remove_created() == 3

    assert rows() == before
    assert not LogEntry.objects.exists()
    assert not User.groups.through._default_manager.exists()


def test_exactly_takes_away_what_programs_made() -> None:
    seeding.seed(count=5, seed=1)
    before = rows()
    a_full_user("new@created.example")

    assert seeding.exactly(count=5, seed=1)
    assert not seeding.exactly(count=5, seed=1)

    assert rows() == before


def test_exactly_refuses_rows_of_people_and_leaves_them() -> None:
    seeding.seed(count=5, seed=1)
    ada = make_user("ada@people.example")

    with pytest.raises(seeding.SeedingError, match="did not make: 1 in users_user"):
        seeding.exactly(count=5, seed=1)

    assert User.objects.filter(pk=ada.pk).exists()


def test_people_staff_and_earlier_ids_are_not_removed() -> None:
    seeding.seed(count=5, seed=1)
    kept = [make_user("early@created.example"), make_user("ada@people.example")]
    first = make_user("staff@created.example")
    User.objects.filter(id=first.id).update(is_staff=True)
    make_user("new@created.example")

    assert seeding.remove_created(kept[-1].id) == 1

    assert set(User.objects.filter(id__gte=FIRST_FREE_ID)) == {*kept, first}


def test_after_removal_ids_are_given_out_as_right_after_seeding() -> None:
    seeding.seed(count=5, seed=1)
    first = a_full_user("a@created.example")
    ids = (first.id, first.profile.id, first.addresses.get().id, first.posts.get().id)
    seeding.remove_created()

    again = a_full_user("a@created.example")

    assert (again.id, again.profile.id, again.addresses.get().id, again.posts.get().id) == ids


@pytest.mark.django_db(transaction=True)
def test_seeding_leaves_the_planner_its_statistics() -> None:
    seeding.seed(count=500, seed=1)

    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'users_address'::regclass")
        assert cursor.fetchone() == (1000,)
