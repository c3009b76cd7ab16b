from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any, NoReturn

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import HttpRequest
from django.test import Client
from django.urls import path
from ninja import Schema
from ninja.security import HttpBearer
from pydantic import ValidationError as ReadingError

from perfcompare.contract.ninja import ContractAPI, Timestamp, throttles
from perfcompare.contract.pydantic_types import Name, RowId
from perfcompare.work.upstream import UpstreamTimeoutError, UpstreamUnavailableError

ERRORS: dict[str, Exception] = {
    "operational": OperationalError("no connection"),
    "interface": InterfaceError("connection closed"),
    "taken": IntegrityError("Key (email)=(a@b.example) already exists."),
    "other": IntegrityError("Key (id)=(1) already exists."),
    "away": UpstreamUnavailableError(),
    "slow": UpstreamTimeoutError(),
}


class Person(Schema):
    name: Name


class Moment(Schema):
    at: Timestamp


class Nobody(HttpBearer):
    openapi_scheme = "token"

    def authenticate(self, request: HttpRequest, token: str) -> None:
        return None


api = ContractAPI(urls_namespace="contract")
pytestmark = pytest.mark.urls(__name__)


@api.get("raise/{name}")
def fail(request: HttpRequest, name: str) -> NoReturn:
    raise ERRORS[name]


@api.post("people/{id}", response=Person)
def change(request: HttpRequest, id: RowId, payload: Person) -> Person:
    return payload


@api.get("people/{id}", response=Person)
def read(request: HttpRequest, id: RowId) -> dict[str, str]:
    return {"name": "Grace"}


class Lazy:
    """Fails when it is read, as a queryset does."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    @property
    def name(self) -> str:
        raise self._error


@api.get("lazy/{name}", response=Person)
def lazy(request: HttpRequest, name: str) -> Lazy:
    return Lazy(ERRORS[name])


@api.get("private", auth=Nobody())
def private(request: HttpRequest) -> None:
    return None


@api.get("moment", response=Moment)
def moment(request: HttpRequest, microsecond: int) -> dict[str, datetime]:
    east = timezone(timedelta(hours=2))
    return {"at": datetime(2026, 1, 2, 3, 4, 5, microsecond, tzinfo=UTC).astimezone(east)}


urlpatterns = [path("", api.urls)]


def _post(client: Client, body: bytes, content_type: str = "application/json", where: str = "/people/1") -> Any:
    return client.post(where, data=body, content_type=content_type)


@pytest.mark.parametrize(
    ("name", "status"), [("operational", 503), ("interface", 503), ("away", 502), ("slow", 504)], ids=str
)
def test_what_is_away_has_its_status_and_says_nothing_of_the_inside(client: Client, name: str, status: int) -> None:
    reply = client.get(f"/raise/{name}")

    assert reply.status_code == status
    assert reply.json().keys() == {"detail"}
    assert "connection" not in reply.json()["detail"]


def test_a_taken_email_is_422_on_email(client: Client) -> None:
    reply = client.get("/raise/taken")

    assert reply.status_code == 422
    assert reply.json()["errors"].keys() == {"email"}


def test_another_broken_constraint_is_no_fault_of_the_input(client: Client) -> None:
    with pytest.raises(IntegrityError, match="id"):
        client.get("/raise/other")


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"name=x", b'{"name": "\xff"}', b'{"name": "\xed\xa0\x80"}', b"[" * 100_000, b'{"name": "x"}{}',
        '{"name": "x"}'.encode("utf-16"), b'{"name": ' + b"9" * 5000 + b"}",
    ],
    ids=["empty", "cut off", "form", "bad UTF-8", "surrogate in UTF-8", "deep", "two", "UTF-16", "endless number"],
)  # fmt: skip
def test_an_unreadable_body_is_400(client: Client, body: bytes) -> None:
    reply = _post(client, body)

    assert reply.status_code == 400
    assert reply.json().keys() == {"detail"}


@pytest.mark.parametrize("content_type", ["text/plain", "multipart/form-data; boundary=x", "application/jsonx", ""])
def test_a_body_of_another_content_type_is_415(client: Client, content_type: str) -> None:
    reply = _post(client, b'{"name": "x"}', content_type)

    assert reply.status_code == 415
    assert reply.json().keys() == {"detail"}


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON"])
def test_json_may_be_declared_in_other_words(client: Client, content_type: str) -> None:
    assert _post(client, b'{"name": "x"}', content_type).json() == {"name": "x"}


@pytest.mark.parametrize("body", [b"[]", b'"text"', b"null", b"5", b"NaN"], ids=bytes.decode)
def test_a_body_that_is_no_object_is_422_on_body(client: Client, body: bytes) -> None:
    reply = _post(client, body)

    assert reply.status_code == 422
    assert reply.json()["errors"].keys() == {"body"}


def test_errors_of_path_and_body_are_answered_together(client: Client) -> None:
    reply = _post(client, b'{"name": NaN}', where="/people/abc")

    assert reply.status_code == 422
    assert reply.json()["errors"].keys() == {"id", "name"}


def test_nobody_is_told_which_scheme_to_use(client: Client) -> None:
    reply = client.get("/private")

    assert reply.status_code == 401
    assert reply.headers["WWW-Authenticate"] == "Token"
    assert reply.json() == {"detail": "Unauthorized"}


def test_a_wrong_method_is_405_in_json_with_every_method_of_the_path(client: Client) -> None:
    reply = client.delete("/people/1")

    assert reply.status_code == 405
    assert reply.headers["Content-Type"].startswith("application/json")
    assert reply.headers["Allow"] == "GET, POST"
    assert reply.json().keys() == {"detail"}


@pytest.mark.parametrize(("microsecond", "tail"), [(123456, ".123456Z"), (123400, ".123400Z"), (0, "Z")], ids=str)
def test_a_moment_keeps_its_microseconds_and_is_in_utc(client: Client, microsecond: int, tail: str) -> None:
    assert client.get(f"/moment?microsecond={microsecond}").json() == {"at": f"2026-01-02T03:04:05{tail}"}


def test_without_a_rate_nothing_is_throttled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THROTTLE_RATE", "")

    assert throttles() == []


@pytest.mark.parametrize(("rate", "longest_s"), [("1/hour", 3600), ("1/minute", 60)])
def test_a_throttled_request_is_429_and_told_when_to_come_back(
    monkeypatch: pytest.MonkeyPatch, settings: LazySettings, rf: Any, rate: str, longest_s: int
) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    monkeypatch.setenv("THROTTLE_RATE", rate)
    throttled = ContractAPI(urls_namespace=f"throttled {rate}", throttle=throttles())
    throttled.get("now")(lambda request: "now")
    view: Any = next(pattern for pattern in throttled.urls[0] if str(pattern.pattern) == "now").callback

    first, second, elsewhere = (view(rf.get("/now", REMOTE_ADDR=ip)) for ip in ("127.0.0.1", "127.0.0.1", "127.0.0.2"))

    assert (first.status_code, second.status_code, elsewhere.status_code) == (200, 429, 200)
    assert 0 < int(second.headers["Retry-After"]) <= longest_s


@pytest.mark.parametrize("name", ["operational", "interface"])
def test_a_database_that_goes_away_while_an_answer_is_read_is_503(client: Client, name: str) -> None:
    reply = client.get(f"/lazy/{name}")

    assert (reply.status_code, reply.json()) == (503, {"detail": "The database is not available."})


def test_another_error_while_an_answer_is_read_is_a_defect(client: Client) -> None:
    with pytest.raises(ReadingError):
        client.get("/lazy/other")
