from __future__ import annotations

import os

import psycopg
import pytest

from perfcompare.core.errors import EnvironmentProblem
from perfcompare.runner import laboratory
from perfcompare.services import urls
from users.dataset import CREATED_DOMAIN, Dataset

SMALL = Dataset(count=20, seed=3)


def count(url: str, table: str = "users_user") -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
    assert row is not None
    return int(row[0])


@pytest.fixture(scope="module")
def place() -> laboratory.Laboratory:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(laboratory, "DATABASE", "perfcompare_test_laboratory")
        return laboratory.prepare(os.environ, SMALL)


def test_the_database_is_another_one_and_holds_the_dataset(place: laboratory.Laboratory) -> None:
    assert place.environ["DATABASE_URL"] != os.environ["DATABASE_URL"]
    assert count(place.environ["DATABASE_URL"]) == SMALL.count


def test_the_cache_is_another_one(place: laboratory.Laboratory) -> None:
    assert place.environ["REDIS_URL"] == urls.with_redis_database(os.environ["REDIS_URL"], 1)


def test_what_was_written_is_taken_away(place: laboratory.Laboratory) -> None:
    with psycopg.connect(place.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(
            "INSERT INTO users_user (name, email, password) VALUES ('a', %s, '!')", [f"a@{CREATED_DOMAIN}"]
        )

    place.restore()

    assert count(place.environ["DATABASE_URL"]) == SMALL.count


def test_a_database_that_cannot_be_prepared_is_an_error_with_its_reason(place: laboratory.Laboratory) -> None:
    broken = {**place.environ, "DATABASE_URL": place.environ["DATABASE_URL"].replace("test_laboratory", "nowhere")}

    with pytest.raises(EnvironmentProblem, match=r"seed_users --remove-created` says: .*does not exist"):
        laboratory.Laboratory(environ=broken).restore()
