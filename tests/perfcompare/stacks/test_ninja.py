from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.test import Client
from pytest_django import DjangoAssertNumQueries
from rest_framework.authtoken.models import Token

from perfcompare.work import upstream
from users import seeding
from users.dataset import Dataset
from users.models import User

DATASET = Dataset(count=5, seed=1)
pytestmark = [pytest.mark.django_db, pytest.mark.urls("perfcompare.stacks.ninja.urls")]


@pytest.fixture(autouse=True)
def _seeded(settings: LazySettings) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    seeding.seed(count=DATASET.count, seed=DATASET.seed)


def _create(client: Client, **fields: object) -> Any:
    return client.post("/users", data=json.dumps(fields), content_type="application/json")


def _authorization(key: str | None) -> dict[str, str]:
    return {"authorization": f"Token {key}"}


@pytest.mark.parametrize(
    ("where", "statements"),
    [("/simple", 0), ("/users/1", 1), ("/users", 3), ("/items", 0), ("/protected", 1), ("/dashboard", 4)],
    ids=str,
)
def test_each_endpoint_asks_the_database_as_often_as_the_contract_says(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, where: str, statements: int
) -> None:
    with django_assert_num_queries(statements):
        reply = client.get(where, headers=_authorization(DATASET.user(1).token))

    assert reply.status_code == 200


def test_a_user_is_made_with_one_statement(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        reply = _create(client, name=" Grace ", email="grace@created.example")

    assert reply.status_code == 201
    assert reply.json() == {"id": reply.json()["id"], "name": "Grace", "email": "grace@created.example"}


def test_privileges_cannot_be_given_to_oneself(client: Client) -> None:
    _create(client, name="Eve", email="eve@created.example", id=1, is_staff=True, is_superuser=True, password="x")

    user = User.objects.get(email="eve@created.example")
    assert (user.id == 1, user.is_staff, user.is_superuser, user.check_password("x")) == (False, False, False, False)


def test_a_taken_email_is_422(client: Client) -> None:
    reply = _create(client, name="Grace", email=DATASET.user(1).email)

    assert reply.status_code == 422
    assert reply.json()["errors"].keys() == {"email"}


def test_an_unknown_id_is_404_in_json(client: Client) -> None:
    reply = client.get("/users/6")

    assert reply.status_code == 404
    assert reply.json().keys() == {"detail"}


def test_a_user_without_profile_has_empty_metadata(client: Client) -> None:
    user = User.objects.create(name="Bare", email="bare@created.example")

    assert client.get("/users?offset=5").json()["results"][0] == {
        "id": user.id, "name": "Bare", "email": user.email, "addresses": [], "metadata": {},
        "created_at": user.created_at.isoformat().replace("+00:00", "Z"),
    }  # fmt: skip


def test_tags_keep_their_order_and_number(client: Client) -> None:
    assert client.get("/items?tags=b&tags=a&tags=b").json()["tags"] == ["b", "a", "b"]


def test_tags_of_one_request_are_not_those_of_the_next(client: Client) -> None:
    client.get("/items?tags=a")

    assert client.get("/items").json()["tags"] == []


def test_an_inactive_user_is_nobody(client: Client) -> None:
    User.objects.filter(id=1).update(is_active=False)

    assert client.get("/protected", headers=_authorization(Token.objects.get(user_id=1).key)).status_code == 401


@pytest.mark.parametrize("where", ["/cached-users", "/expensive"])
def test_a_warm_cache_spares_the_database(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, where: str
) -> None:
    cold = client.get(where).json()

    with django_assert_num_queries(0):
        assert client.get(where).json() == cold


def test_the_computation_is_done_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    first = client.get("/expensive").json()
    monkeypatch.setattr("perfcompare.work.expensive.compute", lambda: pytest.fail("computed again"))

    assert client.get("/expensive").json() == first


def test_a_cold_page_takes_two_statements(client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(2):
        assert client.get("/cached-users").json()["count"] == 5


def test_a_page_is_right_again_after_a_write(client: Client, django_capture_on_commit_callbacks: Any) -> None:
    client.get("/cached-users")
    with django_capture_on_commit_callbacks(execute=True):
        _create(client, name="Grace", email="grace@created.example")

    page = client.get("/cached-users").json()

    assert page["count"] == 6
    assert page["results"][-1]["email"] == "grace@created.example"


@pytest.mark.parametrize(
    ("error", "status"),
    [(upstream.UpstreamUnavailableError, 502), (upstream.UpstreamTimeoutError, 504)],
    ids=["away", "slow"],
)
def test_an_upstream_that_does_not_answer_is_told_apart(
    client: Client, monkeypatch: pytest.MonkeyPatch, error: type[Exception], status: int
) -> None:
    def fetch(delay_ms: int) -> None:
        raise error

    monkeypatch.setattr(upstream, "fetch", fetch)

    assert client.get("/upstream").status_code == status


def test_the_documentation_needs_no_other_server(client: Client) -> None:
    page = client.get("/docs").content.decode()

    assert "/static/ninja/swagger-ui-bundle.js" in page
    assert "//cdn" not in page


def test_the_documentation_describes_every_path(client: Client) -> None:
    paths = client.get("/openapi.json").json()["paths"]

    assert paths.keys() == {
        "/simple", "/users/{id}", "/users", "/items", "/protected", "/dashboard", "/expensive", "/cached-users",
        "/upstream",
    }  # fmt: skip
