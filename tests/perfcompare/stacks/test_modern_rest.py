from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.conf import LazySettings
from django.core.cache import cache
from django.test import AsyncClient, AsyncRequestFactory, Client
from dmr.throttling import Rate
from pytest_django import DjangoAssertNumQueries

from perfcompare.stacks.modern_rest import throttling
from perfcompare.stacks.modern_rest.base import ContractController
from perfcompare.stacks.modern_rest.controllers import Protected, Simple
from perfcompare.work import upstream
from users import seeding
from users.dataset import Dataset
from users.models import User

DATASET = Dataset(count=5, seed=1)
pytestmark = [pytest.mark.django_db, pytest.mark.urls("perfcompare.stacks.modern_rest.urls")]


@pytest.fixture(autouse=True)
def _seeded(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    monkeypatch.setattr(upstream, "afetch", _answer)
    seeding.seed(count=DATASET.count, seed=DATASET.seed)


async def _answer(delay_ms: int, *, shared: bool) -> dict[str, object]:
    return {"delay_ms": delay_ms, "source": f"shared: {shared}"}


@async_to_sync
async def _get(where: str) -> Any:
    return await AsyncClient().get(where, headers={"authorization": f"Token {DATASET.user(1).token}"})


@async_to_sync
async def _post(body: str, content_type: str = "application/json") -> Any:
    return await AsyncClient().post("/users", data=body, content_type=content_type)


def _create(**fields: object) -> Any:
    return _post(json.dumps(fields))


@pytest.mark.parametrize(
    ("where", "statements"),
    [("/simple", 0), ("/users/1", 1), ("/users", 3), ("/items", 0), ("/protected", 1), ("/dashboard", 4)],
    ids=str,
)
def test_each_endpoint_asks_the_database_as_often_as_the_contract_says(
    django_assert_num_queries: DjangoAssertNumQueries, where: str, statements: int
) -> None:
    with django_assert_num_queries(statements):
        reply = _get(where)

    assert reply.status_code == 200


def test_a_user_is_made_with_one_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(1):
        reply = _create(name=" Grace ", email="grace@created.example", is_staff=True)

    assert reply.status_code == 201
    assert reply.json() == {"id": reply.json()["id"], "name": "Grace", "email": "grace@created.example"}
    assert not User.objects.get(id=reply.json()["id"]).is_staff


def test_every_field_at_fault_is_named() -> None:
    reply = _create(name=1)

    assert reply.status_code == 422
    assert reply.json()["errors"].keys() == {"name", "email"}
    assert isinstance(reply.json()["detail"], str)


@pytest.mark.parametrize("body", ["[]", '"text"', "null", "5"])
def test_a_body_that_is_no_object_is_422_on_the_body(body: str) -> None:
    reply = _post(body)

    assert reply.status_code == 422
    assert reply.json()["errors"].keys() == {"body"}


@pytest.mark.parametrize("body", ["{", "[" * 100_000], ids=["cut off", "deep"])
def test_a_body_that_is_no_json_is_400(body: str) -> None:
    reply = _post(body)

    assert reply.status_code == 400
    assert reply.json() == {"detail": "The body is not JSON."}


def test_another_content_type_is_415() -> None:
    assert _post("{}", "text/plain").status_code == 415


def test_a_taken_email_is_422() -> None:
    reply = _create(name="Grace", email=DATASET.user(1).email)

    assert reply.status_code == 422
    assert reply.json()["errors"].keys() == {"email"}


def test_a_list_in_the_query_names_its_field_once() -> None:
    reply = _get("/items?tags=&tags=")

    assert reply.status_code == 422
    assert {field: len(sentences) for field, sentences in reply.json()["errors"].items()} == {"tags": 2}


def test_an_unknown_id_is_404_in_json() -> None:
    reply = _get("/users/6")

    assert reply.status_code == 404
    assert reply.json() == {"detail": "Not found."}


def test_a_wrong_method_is_405_in_json(async_client: AsyncClient) -> None:
    reply = async_to_sync(async_client.delete)("/users")

    assert reply.status_code == 405
    assert reply.headers["Allow"] == "GET, POST"
    assert isinstance(reply.json()["detail"], str)


def test_an_inactive_user_is_nobody() -> None:
    User.objects.filter(id=1).update(is_active=False)

    reply = _get("/protected")

    assert reply.status_code == 401
    assert reply.headers["WWW-Authenticate"] == "Token"


def test_answers_are_not_validated_as_in_production() -> None:
    assert not Simple.api_endpoints["GET"].metadata.validate_responses


@pytest.mark.parametrize("where", ["/cached-users", "/expensive"])
def test_a_warm_cache_spares_the_database(django_assert_num_queries: DjangoAssertNumQueries, where: str) -> None:
    cold = _get(where).json()

    with django_assert_num_queries(0):
        assert _get(where).json() == cold


def test_a_page_is_right_again_after_a_write(django_capture_on_commit_callbacks: Any) -> None:
    _get("/cached-users")
    with django_capture_on_commit_callbacks(execute=True):
        _create(name="Grace", email="grace@created.example")

    page = _get("/cached-users").json()

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
    assert _get("/upstream").json()["source"] == "shared: True"
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

    assert _get("/upstream").status_code == status


@pytest.mark.parametrize(
    ("rate", "most", "duration"),
    [("1000/hour", 1000, Rate.hour), ("2/minute", 2, Rate.minute), ("5/s", 5, Rate.second), ("7/day", 7, Rate.day)],
)
def test_a_rate_is_a_count_and_a_period(monkeypatch: pytest.MonkeyPatch, rate: str, most: int, duration: Rate) -> None:
    monkeypatch.setenv("THROTTLE_RATE", rate)

    [throttle] = throttling.throttles()

    assert (throttle.max_requests, throttle.duration_in_seconds) == (most, duration)


def test_nobody_is_throttled_without_a_rate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("THROTTLE_RATE", raising=False)

    assert throttling.throttles() == []


# The tests' cache is in memory, which it warns of.
@pytest.mark.filterwarnings("ignore::dmr.throttling.backends.django_cache.UnsafeCacheBackendWarning")
def test_a_user_and_an_address_are_each_counted_over_all_endpoints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THROTTLE_RATE", "2/minute")

    class Open(Simple):
        throttling = throttling.throttles()

        async def put(self) -> str:
            return "changed"

    class Closed(Protected):
        throttling = throttling.throttles()

    assert [_asked(Open, "GET"), _asked(Open, "PUT"), _asked(Open, "GET")] == [200, 200, 429]
    assert [_asked(Closed, "GET"), _asked(Closed, "GET"), _asked(Closed, "GET")] == [200, 200, 429]


def _asked(controller: type[ContractController], method: str) -> int:
    headers = {"authorization": f"Token {DATASET.user(1).token}"}
    request = AsyncRequestFactory().generic(method, "/", headers=headers)
    view: Any = controller.as_view()
    return int(async_to_sync(view)(request).status_code)
