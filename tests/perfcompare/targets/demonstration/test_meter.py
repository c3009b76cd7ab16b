"""Redis and PostgreSQL tell what they are asked for."""

from __future__ import annotations

import os
from collections.abc import Iterator

import psycopg
import pytest
import redis

from perfcompare.core.errors import EnvironmentProblem
from perfcompare.core.target import Meter
from perfcompare.services import urls
from perfcompare.targets.demonstration.meter import meter

NUMBER = 9
"""A database of Redis that no other test uses."""


@pytest.fixture
def environ() -> dict[str, str]:
    return {**os.environ, "REDIS_URL": urls.with_redis_database(os.environ["REDIS_URL"], NUMBER)}


@pytest.fixture
def opened(environ: dict[str, str]) -> Iterator[Meter]:
    with meter(environ) as found:
        assert found is not None
        yield found


@pytest.fixture
def cache(environ: dict[str, str]) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(environ["REDIS_URL"]) as client:
        yield client


def test_nothing_is_asked_by_an_act_that_asks_nothing(opened: Meter) -> None:
    assert opened(lambda: None).cache == {}


def test_commands_are_counted_by_name_and_those_of_a_connection_left_out(opened: Meter, cache: redis.Redis) -> None:
    def act() -> None:
        cache.ping()
        cache.set("a", 'one "two" three', ex=5)
        cache.get("a")
        cache.mget("a", "b")
        cache.get("b")

    assert opened(act).cache == {"SET": 1, "GET": 2, "MGET": 1}
    assert opened(lambda: cache.get("a")).cache == {"GET": 1}


def test_what_another_database_of_redis_is_asked_does_not_count(opened: Meter, environ: dict[str, str]) -> None:
    with redis.Redis.from_url(urls.with_redis_database(environ["REDIS_URL"], NUMBER + 1)) as other:
        assert opened(lambda: other.get("a")).cache == {}


def test_a_statement_of_another_client_is_seen(opened: Meter, environ: dict[str, str]) -> None:
    with psycopg.connect(environ["DATABASE_URL"], autocommit=True) as other:
        assert opened(lambda: other.execute("SELECT 1")).database


def test_a_redis_that_forbids_monitor_has_no_meter(environ: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_cache: redis.Redis) -> None:
        raise redis.ResponseError("unknown command")

    monkeypatch.setattr(redis.Redis, "monitor", refuse)

    with meter(environ) as found:
        assert found is None


@pytest.mark.parametrize(
    "nowhere",
    [{"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}, {"REDIS_URL": "redis://127.0.0.1:1/0"}],
    ids=str,
)
def test_a_service_that_does_not_answer_is_an_error(environ: dict[str, str], nowhere: dict[str, str]) -> None:
    with pytest.raises(EnvironmentProblem, match="services: they do not tell"), meter({**environ, **nowhere}):
        pass
