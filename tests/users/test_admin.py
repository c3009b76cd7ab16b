from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from tests.users.factories import make_user
from users import seeding
from users.models import Address, Post, Profile, User

pytestmark = pytest.mark.django_db

MODELS = ("user", "profile", "address", "post")


@pytest.fixture
def staff() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("root@people.example", "Root"))
    return client


@pytest.fixture
def _seeded() -> None:
    seeding.seed(count=30, seed=1)


@pytest.mark.usefixtures("_seeded")
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("query", ["", "?q=user3", "?o=1"])
def test_a_list_is_shown_in_few_statements(
    staff: Client, model: str, query: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(8):
        response = staff.get(reverse(f"admin:users_{model}_changelist") + query)

    assert response.status_code == 200
    assert response.context_data is not None
    assert len(response.context_data["cl"].result_list) > 0


@pytest.mark.parametrize("model", MODELS)
def test_the_page_that_adds_is_shown(staff: Client, model: str) -> None:
    assert staff.get(reverse(f"admin:users_{model}_add")).status_code == 200


@pytest.mark.usefixtures("_seeded")
@pytest.mark.parametrize("model", MODELS)
def test_the_page_that_changes_is_shown(staff: Client, model: str) -> None:
    assert staff.get(reverse(f"admin:users_{model}_change", args=[3])).status_code == 200


@pytest.mark.usefixtures("_seeded")
@pytest.mark.parametrize("model", ["profile", "address", "post"])
def test_no_page_lists_every_user_in_a_drop_down(staff: Client, model: str) -> None:
    page = staff.get(reverse(f"admin:users_{model}_change", args=[1])).content.decode()

    assert "user1@seeded.example" in page
    assert "user2@seeded.example" not in page


def test_a_user_is_added_with_a_password(staff: Client) -> None:
    response = staff.post(
        reverse("admin:users_user_add"),
        {
            "email": "ada@people.example",
            "name": "Ada",
            "usable_password": "true",
            "password1": "correct horse battery",
            "password2": "correct horse battery",
        },
    )

    user = User.objects.get(email="ada@people.example")
    assert response.status_code == 302
    assert response.headers["Location"] == reverse("admin:users_user_change", args=[user.id])
    assert user.check_password("correct horse battery")
    assert not user.is_staff


def test_a_user_is_added_without_a_password(staff: Client) -> None:
    staff.post(
        reverse("admin:users_user_add"),
        {"email": "ada@people.example", "name": "Ada", "usable_password": "false"},
    )

    assert not User.objects.get(email="ada@people.example").has_usable_password()


def test_a_weak_password_is_refused(staff: Client) -> None:
    response = staff.post(
        reverse("admin:users_user_add"),
        {"email": "ada@people.example", "name": "Ada", "usable_password": "true", "password1": "1", "password2": "1"},
    )

    assert response.status_code == 200
    assert not User.objects.filter(email="ada@people.example").exists()


def test_a_user_is_changed_with_profile_and_addresses(staff: Client) -> None:
    user = make_user()

    response = staff.post(
        reverse("admin:users_user_change", args=[user.id]),
        {
            "email": user.email,
            "name": "Grace",
            "is_active": "on",
            "created_at_0": "2024-01-02",
            "created_at_1": "03:04:05",
            "profile-TOTAL_FORMS": "1",
            "profile-INITIAL_FORMS": "0",
            "profile-0-bio": "Sailor",
            "profile-0-metadata": '{"theme": "dark"}',
            "addresses-TOTAL_FORMS": "1",
            "addresses-INITIAL_FORMS": "0",
            "addresses-0-street": "Main Street 1",
            "addresses-0-city": "London",
            "addresses-0-country": "United Kingdom",
        },
    )

    user = User.objects.get(id=user.id)
    assert response.status_code == 302
    assert (user.name, user.metadata, user.addresses.get().city) == ("Grace", {"theme": "dark"}, "London")


def test_the_page_that_changes_the_password_is_shown(staff: Client) -> None:
    user = make_user()

    assert staff.get(reverse("admin:auth_user_password_change", args=[user.id])).status_code == 200


def test_a_user_is_deleted_with_what_hangs_on_it(staff: Client) -> None:
    user = make_user()
    Profile.objects.create(user=user)
    Address.objects.create(user=user, street="Main Street 1", city="London", country="United Kingdom")
    Post.objects.create(author=user, title="A", body="b")

    response = staff.post(reverse("admin:users_user_delete", args=[user.id]), {"post": "yes"})

    assert response.status_code == 302
    assert not User.objects.filter(id=user.id).exists()


def test_users_are_found_by_autocomplete(staff: Client) -> None:
    user = make_user()

    found = staff.get(
        reverse("admin:autocomplete"),
        {"term": "ada@", "app_label": "users", "model_name": "post", "field_name": "author"},
    ).json()

    assert [one["id"] for one in found["results"]] == [str(user.id)]


def test_who_is_no_staff_is_not_let_in() -> None:
    client = Client()
    client.force_login(make_user())

    assert client.get(reverse("admin:users_user_changelist")).status_code == 302
