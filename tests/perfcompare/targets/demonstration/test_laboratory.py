from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest
import redis

from perfcompare.core.dataset import Dataset
from perfcompare.core.errors import EnvironmentProblem
from perfcompare.services import databases, urls
from perfcompare.services.fingerprint import fingerprint
from perfcompare.targets.demonstration import laboratory
from users.dataset import POSTS_PER_USER

SMALL = Dataset(count=20, seed=3)


def count(url: str, table: str = "users_user") -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
    assert row is not None
    return int(row[0])


@pytest.fixture(scope="module")
def place() -> Iterator[laboratory.Laboratory]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(laboratory, "DATABASE", "perfcompare_test_laboratory")
        yield laboratory.prepare(os.environ, SMALL)


def change(place: laboratory.Laboratory, statement: str) -> None:
    with psycopg.connect(place.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(statement)


def test_the_database_is_another_one_and_holds_the_dataset(place: laboratory.Laboratory) -> None:
    assert place.environ["DATABASE_URL"] != os.environ["DATABASE_URL"]
    assert count(place.environ["DATABASE_URL"]) == SMALL.count


def test_the_cache_is_another_one(place: laboratory.Laboratory) -> None:
    assert place.environ["REDIS_URL"] == urls.with_redis_database(os.environ["REDIS_URL"], 1)


def test_several_at_once_have_a_database_and_a_cache_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(databases, "ensure", urls.with_database)
    monkeypatch.setattr(laboratory.Laboratory, "prepare", lambda _place: None)

    found = [laboratory.prepare(os.environ, SMALL, number=number) for number in (0, 1, 2)]

    for name in ("DATABASE_URL", "REDIS_URL"):
        assert len({place.environ[name] for place in found}) == len(found)
    assert [place.made and place.made[1] for place in found] == [
        laboratory.DATABASE, f"{laboratory.DATABASE}_1", f"{laboratory.DATABASE}_2"
    ]  # fmt: skip


def test_what_was_written_is_taken_away(place: laboratory.Laboratory) -> None:
    before = fingerprint(place.environ["DATABASE_URL"])
    change(place, "INSERT INTO users_user (name, email, password) VALUES ('a', 'a@created.example', '!')")

    place.restore()

    assert fingerprint(place.environ["DATABASE_URL"]) == before


@pytest.mark.parametrize(
    "harm",
    [
        "INSERT INTO users_user (name, email, password, is_staff) VALUES ('a', 'a@created.example', '!', true)",
        "INSERT INTO users_post (title, body, author_id) VALUES ('a', 'a', 1)",
        "DELETE FROM django_migrations WHERE app = 'users'",
        "DROP TABLE users_post",
    ],
)
def test_whatever_was_done_to_the_database_of_the_benchmark_is_undone(
    place: laboratory.Laboratory, monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    monkeypatch.setattr(laboratory, "DATABASE", "perfcompare_test_laboratory")
    place.restore()
    change(place, harm)

    with closing(psycopg.connect(place.environ["DATABASE_URL"])) as held:
        held.execute("SELECT 1")  # somebody else, in the middle of a transaction
        found = laboratory.prepare(os.environ, SMALL)

    assert count(found.environ["DATABASE_URL"]) == SMALL.count
    assert count(found.environ["DATABASE_URL"], "users_post") == SMALL.count * POSTS_PER_USER
    assert count(found.environ["DATABASE_URL"], "users_user WHERE is_staff") == 0
    assert found.made is not None
    assert databases.note(*found.made) == found._state()


def test_a_database_as_it_was_seeded_costs_a_run_nothing(
    place: laboratory.Laboratory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(laboratory, "DATABASE", "perfcompare_test_laboratory")
    place.restore()
    monkeypatch.setattr(subprocess, "run", lambda *_arguments, **_more: pytest.fail("something was done"))

    laboratory.prepare(os.environ, SMALL)


def test_after_writing_a_stranger_is_gone_as_well(place: laboratory.Laboratory) -> None:
    change(place, "INSERT INTO users_user (name, email, password) VALUES ('a', 'a@b.example', '!')")

    place.restore()

    assert count(place.environ["DATABASE_URL"]) == SMALL.count


def test_nothing_of_a_person_is_deleted_and_the_way_out_is_said() -> None:
    url = databases.ensure(os.environ["DATABASE_URL"], "perfcompare_test_person")
    databases.remake(os.environ["DATABASE_URL"], "perfcompare_test_person")
    environ = {**os.environ, "BENCH_DATABASE_URL": url}
    place = laboratory.prepare(environ, SMALL)
    change(place, "INSERT INTO users_user (name, email, password) VALUES ('a', 'a@b.example', '!')")

    with pytest.raises(EnvironmentProblem, match=r'1 in users_user\. .*="\$BENCH_DATABASE_URL" .*manage.py flush'):
        laboratory.prepare(environ, SMALL)

    assert count(url) == SMALL.count + 1


def test_a_person_s_database_that_cannot_be_prepared_is_an_error_with_its_reason(place: laboratory.Laboratory) -> None:
    broken = {**place.environ, "DATABASE_URL": place.environ["DATABASE_URL"].replace("test_laboratory", "nowhere")}

    with pytest.raises(EnvironmentProblem, match=r"seed_users` says: .*does not exist.*BENCH_DATABASE_URL"):
        laboratory.Laboratory(environ=broken, dataset=SMALL).restore()


def test_the_embedded_cache_is_empty_at_first(place: laboratory.Laboratory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laboratory, "DATABASE", "perfcompare_test_laboratory")
    with redis.Redis.from_url(place.environ["REDIS_URL"]) as client:
        client.set("left", "over")
        laboratory.prepare(os.environ, SMALL)

        assert client.keys() == []


def test_a_cache_elsewhere_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis.Redis, "from_url", lambda *_arguments, **_more: pytest.fail("it was asked"))

    laboratory._empty("redis://cache.example:6379/1")
