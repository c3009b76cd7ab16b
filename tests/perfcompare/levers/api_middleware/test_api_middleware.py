from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.handlers.asgi import ASGIHandler
from django.test import AsyncClient, Client, override_settings

from perfcompare.core.middleware import DJANGO_MIDDLEWARE
from perfcompare.levers import api_middleware, inline_middleware
from tests.perfcompare.stacks.asgi import ask

SETTINGS: list[dict[str, Any]] = [
    {},
    {"SECURE_HSTS_SECONDS": 60, "SECURE_HSTS_PRELOAD": True},
    {"SECURE_SSL_REDIRECT": True},
    {"SECURE_REFERRER_POLICY": ["origin", "same-origin"], "SECURE_CROSS_ORIGIN_OPENER_POLICY": None},
    {"X_FRAME_OPTIONS": "sameorigin", "SECURE_CONTENT_TYPE_NOSNIFF": False},
    {"USE_X_FORWARDED_HOST": True},
]
PATHS = ["/plain", "/synchronous", "/framed", "/own-headers", "/exempt", "/nowhere"]


@pytest.fixture(autouse=True)
def project() -> Iterator[None]:
    with override_settings(ROOT_URLCONF="tests.perfcompare.levers.middleware_views", ALLOWED_HOSTS=["testserver"]):
        yield


def _trimmed(middleware: list[str]) -> list[str]:
    settings: dict[str, Any] = {"MIDDLEWARE": middleware}
    api_middleware.LEVER.settings(settings)
    result: list[str] = settings["MIDDLEWARE"]
    return result


OURS = _trimmed(list(DJANGO_MIDDLEWARE))


def _told(response: Any) -> tuple[int, dict[str, str], bytes]:
    return response.status_code, dict(response.headers), response.content


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("secure", [False, True])
def test_answers_have_the_headers_of_djangos_seven(settings: dict[str, Any], path: str, secure: bool) -> None:
    told = []
    for middleware in (OURS, list(DJANGO_MIDDLEWARE)):
        with override_settings(MIDDLEWARE=middleware, **settings):
            asked = async_to_sync(AsyncClient().get)(path, secure=secure)
            again = Client().get(path, secure=secure)
            told.append([_told(asked), _told(again)])
    assert told[0] == told[1]


@pytest.mark.anyio
async def test_a_foreign_host_is_400_by_the_projects_handler_also_after_a_good_one() -> None:
    with override_settings(MIDDLEWARE=OURS):
        app = ASGIHandler()
        for host, status in (("testserver", 200), ("foreign.example", 400), ("testserver", 200), ("a b", 400)):
            answer = await ask(app, "GET", "/plain", host=host)
            assert answer.status == status
        assert answer.json == {"detail": "Bad request."}


def test_under_wsgi_a_host_is_refused_also_after_a_good_one_and_after_the_settings_changed() -> None:
    with override_settings(MIDDLEWARE=OURS):
        client = Client()
        hosts = ["testserver", "foreign.example", "testserver", "a b"]
        assert [client.get("/plain", headers={"host": host}).status_code for host in hosts] == [200, 400, 200, 400]
        with override_settings(ALLOWED_HOSTS=["foreign.example"]):
            assert [client.get("/plain", headers={"host": host}).status_code for host in hosts[:2]] == [400, 200]
        with override_settings(USE_X_FORWARDED_HOST=True):
            forwarded = {"host": "testserver", "x-forwarded-host": "foreign.example"}
            assert client.get("/plain", headers=forwarded).status_code == 400


def test_it_stands_for_djangos_also_where_they_were_replaced_and_others_stay() -> None:
    settings: dict[str, Any] = {"MIDDLEWARE": ["first.First", *DJANGO_MIDDLEWARE]}
    inline_middleware.LEVER.settings(settings)
    assert _trimmed(settings["MIDDLEWARE"]) == ["first.First", api_middleware.OURS]


def test_where_others_stand_between_each_sees_the_same_answers() -> None:
    security, common = "django.middleware.security.SecurityMiddleware", "django.middleware.common.CommonMiddleware"

    assert _trimmed([security, "own.Static", "own.Cors", common, "own.Last"]) == [
        *(security, "own.Static", "own.Cors"), api_middleware.OURS, "own.Last"
    ]  # fmt: skip
    assert _trimmed(["own.First", security, common, "own.Last"]) == ["own.First", api_middleware.OURS, "own.Last"]
    assert _trimmed(["own.First"]) == [api_middleware.OURS, "own.First"]


def cors(get_response: Any) -> Any:
    def middleware(request: Any) -> Any:
        response = get_response(request)
        response["Access-Control-Allow-Origin"] = "*"
        return response

    return middleware


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
@pytest.mark.parametrize("place", [0, 1, 3, 7])
@pytest.mark.parametrize("host", ["foreign.example", "a b", "testserver"])
def test_a_foreign_host_has_the_answer_of_djangos_seven_with_others_among_them(
    settings: dict[str, Any], place: int, host: str
) -> None:
    middleware = [*DJANGO_MIDDLEWARE[:place], f"{__name__}.cors", *DJANGO_MIDDLEWARE[place:]]
    told = []
    for names in (_trimmed(middleware), middleware):
        with override_settings(MIDDLEWARE=names, **settings):
            asked = async_to_sync(AsyncClient().get)("/plain", headers={"host": host})
            again = Client().get("/plain", headers={"host": host})
            told.append([_told(asked), _told(again)])
    assert told[0] == told[1]
