from __future__ import annotations

from threading import Event
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError, connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import Settings
from silk.middleware import RequestModelFactory
from silk.models import Request, SQLQuery

from perfcompare import mounted, recording
from perfcompare.recording import middleware
from users import seeding
from users.models import User

pytestmark = pytest.mark.django_db(databases=["default", "profiles"])


@pytest.fixture(autouse=True)
def recorded(settings: Settings) -> None:
    """As the development server does."""
    settings.MIDDLEWARE = [recording.BOUNDED, *settings.MIDDLEWARE]
    seeding.seed(count=20, seed=1)


def kept() -> list[str]:
    return [request.path for request in Request.objects.order_by("start_time")]


def test_the_tests_record_nothing_unless_they_ask(settings: Settings) -> None:
    assert settings.MIDDLEWARE.count(recording.BOUNDED) == 1


@pytest.mark.parametrize("stack", [name for name in mounted.DJANGO if name != "floor"])
def test_every_django_stack_is_recorded_with_its_statements(client: Client, stack: str) -> None:
    answered = client.get(f"/api/{stack}/users/3")

    (request,) = Request.objects.all()
    assert (str(request.pk), request.path) == (answered.headers["X-Perfcompare-Silk"], answered.wsgi_request.path)
    assert request.num_sql_queries == 1


def test_inserts_are_recorded_without_their_values(client: Client) -> None:
    body = {"name": "Ada Lovelace", "email": "ada@people.example"}

    assert client.post("/api/ninja/users", body, "application/json").status_code == 201

    (query,) = SQLQuery.objects.all()
    assert query.query.startswith('INSERT INTO "users_user"')
    assert "Ada" not in query.query
    assert "/perfcompare/stacks/ninja/" in query.traceback or "/users/" in query.traceback


def test_only_apis_are_recorded(client: Client) -> None:
    for path in ("/", "/health", "/admin/login/", "/reports/", "/silk/", "/api/drf/docs", "/api/drf/schema"):
        client.get(path)
    client.get("/api/ninja/openapi.json")
    client.get("/api/nobody/nothing")

    assert kept() == ["/api/nobody/nothing"]


def test_s2_neither_bodies_nor_secrets_are_kept(client: Client) -> None:
    client.post("/api/drf/users?token=hush&page=2", {"password": "hush"}, "application/json", HTTP_X_API_KEY="hush")

    (request,) = Request.objects.all()
    assert "hush" not in str(vars(request))
    assert request.query_params == '{"token": "…", "page": "2"}'
    assert (request.body, request.raw_body, request.response.body, request.response.raw_body) == ("", "", "", "")


def test_a_request_is_answered_where_silk_cannot_write(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_self: object) -> None:
        raise OperationalError("no such table: silk_request")

    monkeypatch.setattr(RequestModelFactory, "construct_request_model", refused)

    answered = client.get("/api/drf/users/3")

    assert (answered.status_code, "X-Perfcompare-Silk" in answered.headers) == (200, False)
    assert kept() == []


def test_a_statement_that_fails_in_a_transaction_fails_as_it_would_without_silk(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction.atomic():
        with pytest.raises(DatabaseError), connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        assert middleware.explained(connection, "SELECT 1", ()) is None
        transaction.set_rollback(True)
    assert middleware.explained(connection, "SELECT 'secret'::text", ()) is not None
    assert "secret" not in (middleware.explained(connection, "SELECT 1 WHERE now()::text = 'secret'", ()) or "")


def make_recorded(count: int, **given: Any) -> list[Request]:
    return [
        Request.objects.create(path=f"/api/{n}", method="GET", start_time=timezone.now(), **given) for n in range(count)
    ]


def test_the_newest_requests_are_kept_and_those_of_profiles() -> None:
    profile = make_recorded(2, encoded_headers=f'{{"{middleware.MARK}": "silk"}}')
    old, new = make_recorded(3), make_recorded(2)
    SQLQuery.objects.create(query="SELECT 1", request=old[0], traceback="")

    middleware.forget(2)

    assert {one.pk for one in Request.objects.all()} == {str(one.pk) for one in [*profile, *new]}
    assert not SQLQuery.objects.exists()
    middleware.forget(2)
    assert Request.objects.count() == 4


def test_old_requests_are_forgotten_every_now_and_then(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    forgotten = Event()
    monkeypatch.setattr(middleware, "EVERY", 1)
    monkeypatch.setattr(middleware, "_forget_aside", forgotten.set)

    client.get("/health")
    assert not forgotten.is_set()
    client.get("/api/drf/simple")

    assert forgotten.wait(10)


def test_silks_pages_open_for_a_recorded_request(client: Client) -> None:
    client.force_login(User.objects.create_superuser("root@people.example", "Root"))
    client.get("/api/adrf/dashboard")
    number = Request.objects.get().pk

    for page in ("", "sql/", "cprofile/", "profiling/", f"sql/{SQLQuery.objects.first().pk}/"):
        assert client.get(f"/silk/request/{number}/{page}").status_code == 200, page
    for page in ("", "requests/", "profiling/", "cleardb/"):
        assert client.get(f"/silk/{page}").status_code == 200, page
