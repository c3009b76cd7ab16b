"""What stacks of asynchronous views and schemas have in common beyond the contract."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.conf import LazySettings
from django.test import AsyncClient, Client
from pytest_django import DjangoAssertNumQueries

from perfcompare.work import upstream
from tests.perfcompare.stacks.asynchronous import DATASET, create, get
from users.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("seeded")]


@pytest.fixture(autouse=True, params=["adrf", "modern_rest", "ninja_async"])
def stack(request: pytest.FixtureRequest, settings: LazySettings) -> str:
    settings.ROOT_URLCONF = f"perfcompare.stacks.{request.param}.urls"
    return str(request.param)


@pytest.mark.parametrize(
    ("where", "statements"),
    [
        ("/simple", 0), ("/users/1", 1), ("/users", 3), ("/items", 0), ("/protected", 1), ("/dashboard", 4),
        ("/cached-users", 2),
    ],
    ids=str,
)  # fmt: skip
def test_each_endpoint_asks_the_database_as_often_as_the_contract_says(
    django_assert_num_queries: DjangoAssertNumQueries, where: str, statements: int
) -> None:
    with django_assert_num_queries(statements):
        reply = get(where)

    assert reply.status_code == 200


def test_a_user_is_made_with_one_insert_after_what_the_framework_asks_first(
    django_assert_num_queries: DjangoAssertNumQueries, stack: str
) -> None:
    with django_assert_num_queries(2 if stack == "adrf" else 1):  # UniqueValidator looks for the address
        reply = create(name=" Grace ", email="grace@created.example", is_staff=True)

    assert reply.status_code == 201
    assert reply.json() == {"id": reply.json()["id"], "name": "Grace", "email": "grace@created.example"}
    assert not User.objects.get(id=reply.json()["id"]).is_staff


def test_a_taken_email_is_422() -> None:
    reply = create(name="Grace", email=DATASET.user(1).email)

    assert reply.status_code == 422
    assert reply.json()["errors"].keys() == {"email"}


@pytest.mark.parametrize("where", ["/cached-users", "/expensive"])
def test_a_warm_cache_spares_the_database(
    django_assert_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    cold = get(where).json()
    monkeypatch.setattr("perfcompare.work.expensive.compute", lambda: {"computed": "again"})

    with django_assert_num_queries(0):
        assert get(where).json() == cold


def test_a_page_is_right_again_after_a_write(django_capture_on_commit_callbacks: Any) -> None:
    get("/cached-users")
    with django_capture_on_commit_callbacks(execute=True):
        create(name="Grace", email="grace@created.example")

    page = get("/cached-users").json()

    assert page["count"] == 6
    assert page["results"][-1]["email"] == "grace@created.example"


def test_the_computation_leaves_the_event_loop_free(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[int] = []
    result = {"below": 3, "primes": 1, "largest": 2, "checksum": 2}

    def compute() -> dict[str, int]:
        threads.append(threading.get_ident())
        return result

    monkeypatch.setattr("perfcompare.work.expensive.compute", compute)

    async def ask() -> int:
        assert (await AsyncClient().get("/expensive")).json() == result
        return threading.get_ident()

    loop_thread = async_to_sync(ask)()

    assert len(threads) == 1
    assert loop_thread not in threads


def test_the_upstream_client_is_kept_only_by_a_loop_that_lives_on(client: Client) -> None:
    assert get("/upstream").json()["source"] == "shared: True"
    assert client.get("/upstream").json()["source"] == "shared: False"


@pytest.mark.parametrize(
    ("error", "status"),
    [(upstream.UpstreamUnavailableError, 502), (upstream.UpstreamTimeoutError, 504)],
    ids=["away", "slow"],
)
def test_an_upstream_that_does_not_answer_is_told_apart(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception], status: int
) -> None:
    async def afetch(delay_ms: int, *, shared: bool) -> None:
        raise error

    monkeypatch.setattr(upstream, "afetch", afetch)

    assert get("/upstream").status_code == status
