from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import OperationalError, connection

from perfcompare.levers.database_connections.answer_limit import limit_answers
from perfcompare.levers.database_connections.install import INSTALLATION
from tests.perfcompare.levers.installed import installed

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _limited(settings: Any) -> Iterator[None]:
    settings.PERFCOMPARE = {"database_connections": {"answer_timeout_s": 0.3}}
    connection.close()
    with installed(INSTALLATION):
        yield
    connection.close()


def ask(sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def test_an_answer_that_takes_too_long_is_djangos_error_and_its_connection_is_closed() -> None:
    with pytest.raises(OperationalError, match="did not answer within"):
        ask("SELECT pg_sleep(5)")

    assert connection.connection.closed


def test_the_next_request_gets_a_new_connection() -> None:
    with pytest.raises(OperationalError):
        ask("SELECT pg_sleep(5)")
    connection.close_if_unusable_or_obsolete()

    assert ask("SELECT 1") == 1


def test_an_answer_in_time_is_an_answer() -> None:
    assert [ask("SELECT 1"), ask("SELECT 2")] == [1, 2]


class Traced:
    """Stands for the connection of ddtrace: what it has is that of the one behind it, and its class has nothing."""

    def __init__(self, behind: Any) -> None:
        object.__setattr__(self, "_behind", behind)

    def __getattr__(self, name: str) -> Any:
        return getattr(object.__getattribute__(self, "_behind"), name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(object.__getattribute__(self, "_behind"), name, value)


def test_a_connection_that_somebody_traces_is_limited_too() -> None:
    connection.ensure_connection()
    raw = connection.connection
    del vars(raw)["wait"]
    connection.connection = Traced(raw)
    limit_answers(connection)

    assert ask("SELECT 1") == 1
    with pytest.raises(OperationalError, match="did not answer within"):
        ask("SELECT pg_sleep(5)")


def test_a_connection_of_psycopg2_has_no_limit() -> None:
    limit_answers(SimpleNamespace(vendor="postgresql", connection=object()))  # type: ignore[arg-type]
