from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.utils import timezone

from tests.users.factories import make_user
from users.dataset import FIRST_FREE_ID
from users.models import Address, Post, Profile, User

pytestmark = pytest.mark.django_db


def test_another_program_needs_to_insert_only_name_email_and_password() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO users_user (name, email, password) VALUES ('Ada', 'ada@people.example', '!')")

    user = User.objects.get(email="ada@people.example")

    assert user.is_active
    assert not user.is_staff
    assert not user.is_superuser
    assert abs((timezone.now() - user.created_at).total_seconds()) < 3600
    assert user.created_at.utcoffset() == timedelta(0)


def test_another_program_needs_no_time_for_a_post() -> None:
    user = make_user()
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO users_post (author_id, title, body) VALUES (%s, 'A', 'b')", [user.id])

    assert Post.objects.get().created_at is not None


def test_ids_start_beyond_those_kept_for_seeding() -> None:
    """The migration sees to it, so that a superuser made before the first seeding is not in its way."""
    reserve = import_module("users.migrations.0002_reserve_seeded_ids").reserve
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('users_user', 'id'), 1)")

    with connection.schema_editor() as editor:
        reserve(None, editor)

    assert make_user().id == FIRST_FREE_ID


def test_a_user_signs_in_with_the_email_address() -> None:
    user = User.objects.create_user("Ada@PEOPLE.example", "Ada", "correct horse")

    assert user.email == "Ada@people.example"
    assert authenticate(username="Ada@people.example", password="correct horse") == user
    assert authenticate(username="Ada@people.example", password="wrong") is None


def test_no_password_fits_a_user_made_without_one() -> None:
    assert not make_user().has_usable_password()


def test_a_user_without_an_address_is_refused() -> None:
    with pytest.raises(ValueError, match="e-mail"):
        User.objects.create_user("", "Ada")


def test_two_users_cannot_share_an_address() -> None:
    make_user()

    with pytest.raises(IntegrityError):
        make_user()


def test_createsuperuser_makes_a_superuser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "correct horse")

    call_command("createsuperuser", email="root@people.example", name="Root", interactive=False, verbosity=0)

    user = User.objects.get(email="root@people.example")
    assert user.is_staff
    assert user.is_superuser
    assert user.check_password("correct horse")


def test_a_superuser_without_rights_is_refused() -> None:
    with pytest.raises(ValueError, match="is_staff"):
        User.objects.create_superuser("root@people.example", "Root", is_staff=False)


def test_metadata_is_the_profiles() -> None:
    user = make_user()
    Profile.objects.create(user=user, metadata={"theme": "dark"})

    assert User.objects.get(id=user.id).metadata == {"theme": "dark"}


def test_metadata_without_a_profile_is_empty() -> None:
    assert make_user().metadata == {}


def test_what_hangs_on_a_user_goes_with_it() -> None:
    user = make_user()
    Profile.objects.create(user=user)
    Address.objects.create(user=user, street="Main Street 1", city="London", country="United Kingdom")
    Post.objects.create(author=user, title="A", body="b")

    user.delete()

    assert [model._base_manager.count() for model in (Profile, Address, Post)] == [0, 0, 0]


def test_everything_says_what_it_is() -> None:
    user = make_user()

    assert str(user) == "Ada <ada@people.example>"
    assert str(Profile(user=user)) == f"Profile of user {user.id}"
    assert str(Address(street="Main Street 1", city="London", country="UK")) == "Main Street 1, London, UK"
    assert str(Post(title="On queues")) == "On queues"


@pytest.mark.django_db(databases="__all__")  # it looks at the history of each
def test_migrations_are_complete() -> None:
    call_command("makemigrations", "users", check=True, dry_run=True, verbosity=0)


@pytest.mark.django_db(transaction=True)
def test_asynchronous_code_makes_the_same_user() -> None:
    user = async_to_sync(User.objects.acreate_user)(email="Ada@EXAMPLE.org", name="Ada")

    assert (user.email, user.has_usable_password()) == ("Ada@example.org", False)
