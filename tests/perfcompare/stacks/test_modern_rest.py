from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, AsyncRequestFactory
from dmr.throttling import Rate

from perfcompare.stacks.modern_rest import throttling
from perfcompare.stacks.modern_rest.base import ContractController
from perfcompare.stacks.modern_rest.controllers import Protected, Simple
from tests.perfcompare.stacks.asynchronous import DATASET, create, get, post
from users.models import User

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.usefixtures("seeded"),
    pytest.mark.urls("perfcompare.stacks.modern_rest.urls"),
]


def test_every_field_at_fault_is_named() -> None:
    reply = create(name=1)

    assert reply.status_code == 422
    assert reply.json()["errors"].keys() == {"name", "email"}
    assert isinstance(reply.json()["detail"], str)


@pytest.mark.parametrize("body", ["[]", '"text"', "null", "5"])
def test_a_body_that_is_no_object_is_422_on_the_body(body: str) -> None:
    reply = post(body)

    assert reply.status_code == 422
    assert reply.json()["errors"].keys() == {"body"}


@pytest.mark.parametrize("body", ["{", "[" * 100_000], ids=["cut off", "deep"])
def test_a_body_that_is_no_json_is_400(body: str) -> None:
    reply = post(body)

    assert reply.status_code == 400
    assert reply.json() == {"detail": "The body is not JSON."}


def test_another_content_type_is_415() -> None:
    assert post("{}", "text/plain").status_code == 415


def test_a_list_in_the_query_names_its_field_once() -> None:
    reply = get("/items?tags=&tags=")

    assert reply.status_code == 422
    assert {field: len(sentences) for field, sentences in reply.json()["errors"].items()} == {"tags": 2}


def test_an_unknown_id_is_404_in_json() -> None:
    reply = get("/users/6")

    assert reply.status_code == 404
    assert reply.json() == {"detail": "Not found."}


def test_a_wrong_method_is_405_in_json(async_client: AsyncClient) -> None:
    reply = async_to_sync(async_client.delete)("/users")

    assert reply.status_code == 405
    assert reply.headers["Allow"] == "GET, POST"
    assert isinstance(reply.json()["detail"], str)


def test_an_inactive_user_is_nobody() -> None:
    User.objects.filter(id=1).update(is_active=False)

    reply = get("/protected")

    assert reply.status_code == 401
    assert reply.headers["WWW-Authenticate"] == "Token"


def test_answers_are_not_validated_as_in_production() -> None:
    assert not Simple.api_endpoints["GET"].metadata.validate_responses


@pytest.mark.parametrize(
    ("rate", "most", "duration"),
    [
        ("1000/hour", 1000, Rate.hour),
        ("2/minute", 2, Rate.minute),
        ("5/second", 5, Rate.second),
        ("7/day", 7, Rate.day),
    ],
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
