from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from typing import Any, NoReturn

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.core.handlers.asgi import ASGIRequest
from django.db import InterfaceError, OperationalError
from django.db.backends.utils import CursorWrapper
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks
from rest_framework.throttling import AnonRateThrottle, UserRateThrottle
from rest_framework.validators import UniqueValidator

from perfcompare.stacks.drf import views
from perfcompare.work import upstream
from users import seeding
from users.dataset import Dataset
from users.models import User

DATASET = Dataset(count=5, seed=1)
TOKEN = {"Authorization": f"Token {DATASET.user(1).token}"}
GRACE = {"name": "Grace", "email": "grace@created.example"}
pytestmark = [pytest.mark.django_db, pytest.mark.urls("perfcompare.stacks.drf.urls")]


@pytest.fixture(autouse=True)
def _seeded(settings: LazySettings) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    seeding.seed(count=DATASET.count, seed=DATASET.seed)


def _create(client: Client, **fields: object) -> Any:
    return client.post("/users", json.dumps(fields), content_type="application/json")


def _run(code: str, **environment: str) -> str:
    """What a new interpreter prints when it runs `code`."""
    new = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **environment}, capture_output=True, text=True
    )
    assert new.returncode == 0, new.stderr
    return new.stdout.strip()


def _bench(stack: str) -> dict[str, str]:
    return {"DJANGO_SETTINGS_MODULE": "config.settings.bench", "PERFCOMPARE_STACK": stack, "SECRET_KEY": "x" * 50}


@pytest.mark.parametrize("stack", ["drf", "adrf"])
def test_listing_the_stack_imports_no_framework(stack: str) -> None:
    code = f"import sys, perfcompare.stacks.{stack}; print({{'django', 'rest_framework', 'adrf'}} & sys.modules.keys())"

    assert _run(code) == "set()"


@pytest.mark.parametrize("stack", ["drf", "adrf"])
def test_the_timed_process_does_not_load_the_documentation(stack: str) -> None:
    code = (
        f"import sys, django; django.setup(); from django.urls import resolve; resolve('/api/{stack}/users/1');"
        "print([name for name in sys.modules if name.startswith('drf_spectacular')])"
    )

    assert _run(code, **_bench(stack)) == "[]"


@pytest.mark.parametrize(("rate", "classes"), [("", []), ("7/hour", [AnonRateThrottle, UserRateThrottle])])
def test_throttles_are_there_only_with_a_rate(rate: str, classes: list[type]) -> None:
    code = (
        "import django; django.setup(); from perfcompare.stacks.drf.views import SimpleView;"
        "print([(one.__name__, one().rate) for one in SimpleView.throttle_classes])"
    )

    printed = _run(code, **_bench("drf"), THROTTLE_RATE=rate)

    assert printed == str([(one.__name__, rate) for one in classes])


@pytest.mark.parametrize(
    ("where", "statements"),
    [
        ("/simple", 0),
        ("/users/1", 1),
        ("/users", 3),
        ("/items", 0),
        ("/protected", 1),
        ("/dashboard", 4),
        ("/cached-users", 2),
    ],
)
def test_each_endpoint_asks_the_database_as_often_as_the_contract_says(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, where: str, statements: int
) -> None:
    with django_assert_num_queries(statements):
        reply = client.get(where, headers=TOKEN if where == "/protected" else {})

    assert reply.status_code == 200


def test_a_cached_page_asks_the_database_nothing(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    first = client.get("/cached-users").json()

    with django_assert_num_queries(0):
        assert client.get("/cached-users").json() == first


def test_a_cached_page_is_right_again_after_a_write(
    client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    before = client.get("/cached-users").json()

    with django_capture_on_commit_callbacks(execute=True):
        created = _create(client, **GRACE).json()

    assert client.get("/cached-users").json() == {**before, "count": 6, "results": [*before["results"], created]}


def test_a_user_is_made_with_one_look_for_the_address_and_one_insert(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(2):
        reply = _create(client, **GRACE)

    assert reply.status_code == 201


def test_a_new_user_has_no_privileges_and_no_password_that_fits(client: Client) -> None:
    reply = _create(client, **GRACE, id=1, is_staff=True, is_superuser=True, password="secret")

    user = User.objects.get(id=reply.json()["id"])
    assert reply.json() == {"id": user.id, **GRACE}
    assert user.id != 1
    assert (user.is_staff, user.is_superuser, user.has_usable_password()) == (False, False, False)


def test_an_address_taken_between_look_and_insert_is_422(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(UniqueValidator, "__call__", lambda *_: None)

    reply = _create(client, name="Grace", email=DATASET.user(1).email)

    assert reply.status_code == 422
    assert reply.json()["errors"].keys() == {"email"}


@pytest.mark.parametrize(
    ("fields", "faults"),
    [
        ({"name": 5, "email": GRACE["email"]}, {"name"}),
        ({"name": "Grace", "email": 5}, {"email"}),
        ({"name": float("nan"), "email": GRACE["email"]}, {"name"}),
        ({}, {"name", "email"}),
    ],
)
def test_each_field_at_fault_is_named(client: Client, fields: dict[str, object], faults: set[str]) -> None:
    reply = _create(client, **fields)

    assert reply.status_code == 422
    assert reply.json()["errors"].keys() == faults


@pytest.mark.parametrize("body", ["[]", "null", "5", '"text"'])
def test_a_body_that_is_no_object_is_422_on_the_body(client: Client, body: str) -> None:
    reply = client.post("/users", body, content_type="application/json")

    assert reply.status_code == 422
    assert reply.json()["errors"].keys() == {"body"}


@pytest.mark.parametrize("body", [b"", b"{", b'{"name": "\xff"}', b"[" * 100_000])
def test_a_body_that_is_no_json_is_400(client: Client, body: bytes) -> None:
    assert client.post("/users", body, content_type="application/json").status_code == 400


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "*/*", ""])
def test_a_body_of_another_type_is_415(client: Client, content_type: str) -> None:
    assert client.post("/users", json.dumps(GRACE), content_type=content_type).status_code == 415


def test_a_body_without_declared_length_is_read() -> None:
    scope = {"type": "http", "method": "POST", "path": "/users", "headers": [(b"content-type", b"application/json")]}
    request = ASGIRequest(scope, io.BytesIO(json.dumps(GRACE).encode()))

    assert views.UserListView.as_view()(request).status_code == 201


@pytest.mark.parametrize(
    ("where", "fault"),
    [
        ("/users/abc", "id"),
        ("/users/1_0", "id"),
        ("/users/9223372036854775808", "id"),
        ("/users?limit=1.0", "limit"),
        ("/users?offset=", "offset"),
        ("/items?tags=", "tags"),
    ],
)
def test_what_is_no_value_of_a_parameter_is_422(client: Client, where: str, fault: str) -> None:
    reply = client.get(where)

    assert reply.status_code == 422
    assert reply.json()["errors"].keys() == {fault}
    assert all(isinstance(sentence, str) for sentence in reply.json()["errors"][fault])


def test_a_parameter_called_format_is_ignored(client: Client) -> None:
    assert client.get("/simple?format=xml").status_code == 200


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
@pytest.mark.parametrize("where", ["/users/1", "/users", "/dashboard", "/cached-users", "/protected"])
def test_a_database_that_is_away_is_503(
    client: Client, monkeypatch: pytest.MonkeyPatch, where: str, error: type[Exception]
) -> None:
    def refuse(*_arguments: Any) -> NoReturn:
        raise error("away")

    monkeypatch.setattr(CursorWrapper, "execute", refuse)

    reply = client.get(where, headers=TOKEN)

    assert (reply.status_code, reply.json()) == (503, {"detail": "The database is not available."})


@pytest.mark.parametrize(
    ("error", "status"), [(upstream.UpstreamUnavailableError, 502), (upstream.UpstreamTimeoutError, 504)]
)
def test_an_upstream_that_is_away_or_slow_is_502_or_504(
    client: Client, monkeypatch: pytest.MonkeyPatch, error: type[Exception], status: int
) -> None:
    def fail(_delay_ms: int) -> NoReturn:
        raise error

    monkeypatch.setattr(upstream, "fetch", fail)

    reply = client.get("/upstream")

    assert reply.status_code == status
    assert reply.json().keys() == {"detail"}


@pytest.mark.parametrize("where", ["/expensive", "/cached-users"])
def test_a_cache_that_is_away_changes_no_answer(client: Client, settings: LazySettings, where: str) -> None:
    right = client.get(where).json()
    nobody = {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": "redis://127.0.0.1:9/0"}
    settings.CACHES = {"default": {**nobody, "OPTIONS": {"IGNORE_EXCEPTIONS": True}}}

    assert client.get(where).json() == right


def test_a_throttled_request_is_429_and_says_when_to_come_back(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    class OnceAMinute(AnonRateThrottle):
        rate = "1/minute"

    monkeypatch.setattr(views.SimpleView, "throttle_classes", [OnceAMinute])

    first = client.get("/simple")
    # Another X-Forwarded-For is no other client.
    second = client.get("/simple", headers={"X-Forwarded-For": "192.0.2.1"})

    assert (first.status_code, second.status_code) == (200, 429)
    assert 1 <= int(second["Retry-After"]) <= 60


def test_a_throttled_request_says_when_to_come_back_though_the_rate_was_lowered(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Lowered(AnonRateThrottle):
        rate = "3/minute"

    monkeypatch.setattr(views.SimpleView, "throttle_classes", [Lowered])
    for _ in range(3):
        client.get("/simple")
    Lowered.rate = "1/minute"

    reply = client.get("/simple")

    assert reply.status_code == 429
    assert int(reply["Retry-After"]) >= 1


@pytest.mark.urls("perfcompare.stacks.drf.docs_urls")
def test_the_documentation_describes_every_path_and_comes_from_this_machine(client: Client) -> None:
    schema = client.get("/schema", headers={"Accept": "application/vnd.oai.openapi+json"}).json()
    page = client.get("/docs")

    assert len(schema["paths"]) == 9
    assert schema["paths"]["/api/drf/users"].keys() == {"get", "post"}
    parameters = schema["paths"]["/api/drf/items"]["get"]["parameters"]
    assert {one["name"] for one in parameters} == {"skip", "limit", "tags"}
    assert page.status_code == 200
    assert "//cdn." not in page.content.decode()
