from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

from perfcompare.levers.database_connections import APP, POOL, under_asgi, under_wsgi

ENGINE = "django.db.backends.postgresql"


def settings(**database: Any) -> dict[str, Any]:
    return {"INSTALLED_APPS": ["users"], "DATABASES": {"default": {"ENGINE": ENGINE, **database}}}


def test_under_wsgi_connections_stay_open_and_statements_are_prepared() -> None:
    given = settings(OPTIONS={"connect_timeout": 2})
    before = given["DATABASES"]["default"]

    under_wsgi(given)

    database = given["DATABASES"]["default"]
    assert database["CONN_MAX_AGE"] is None
    assert database["OPTIONS"] == {"connect_timeout": 2, "prepare_threshold": 5}
    assert given["INSTALLED_APPS"] == ["users", APP]
    assert before == {"ENGINE": ENGINE, "OPTIONS": {"connect_timeout": 2}}


def test_under_asgi_there_is_a_pool_with_sizes() -> None:
    given = settings(CONN_MAX_AGE=60)

    under_asgi(given)

    database = given["DATABASES"]["default"]
    assert database["CONN_MAX_AGE"] == 0
    assert database["OPTIONS"]["pool"] == POOL


def test_a_pool_keeps_the_sizes_that_the_project_gave_it() -> None:
    given = settings(OPTIONS={"pool": {"max_size": 3}})

    under_wsgi(given)

    assert given["DATABASES"]["default"]["OPTIONS"]["pool"] == {**POOL, "max_size": 3}


@pytest.mark.parametrize(
    ("under", "expected"),
    [
        (under_wsgi, {"CONN_MAX_AGE": None, "OPTIONS": {"connect_timeout": 2}}),
        (under_asgi, {"CONN_MAX_AGE": 60, "OPTIONS": {"connect_timeout": 2}}),
    ],
)
def test_psycopg2_gets_no_option_that_it_does_not_know(
    monkeypatch: pytest.MonkeyPatch, under: Callable[[dict[str, Any]], None], expected: dict[str, Any]
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    given = settings(CONN_MAX_AGE=60, OPTIONS={"connect_timeout": 2})

    under(given)

    assert given["DATABASES"]["default"] == {"ENGINE": ENGINE, **expected}


def test_another_database_stays_as_it_is() -> None:
    given = {"INSTALLED_APPS": [], "DATABASES": {"default": {"ENGINE": "django.db.backends.sqlite3"}}}

    under_wsgi(given)

    assert given["DATABASES"] == {"default": {"ENGINE": "django.db.backends.sqlite3"}}


def test_an_answer_is_waited_for_as_long_as_a_connection() -> None:
    given = settings(OPTIONS={"connect_timeout": 3})
    told = settings() | {"PERFCOMPARE": {"database_connections": {"workers": 2, "answer_timeout_s": None}}}

    under_wsgi(given)
    under_wsgi(told)

    assert given["PERFCOMPARE"] == {"database_connections": {"answer_timeout_s": 3}}
    assert told["PERFCOMPARE"] == {"database_connections": {"workers": 2, "answer_timeout_s": None}}


def test_a_project_without_a_database_stays_as_it_is() -> None:
    given: dict[str, Any] = {"DATABASES": {}}

    under_wsgi(given)

    assert given["DATABASES"] == {}
