"""Addresses in URLs."""

from __future__ import annotations

from pathlib import Path

import pytest

from perfcompare.services.urls import Address, address, with_address, with_database, with_redis_database

UNIX = Address(path=Path("/run/p/.s.PGSQL.5432"))
TCP = Address(port=7000)


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("postgresql://u:p@db.example/x", Address(host="db.example", port=5432)),
        ("postgresql://u@db.example:6000/x?sslmode=disable", Address(host="db.example", port=6000)),
        ("postgresql://u@/x?host=%2Frun%2Fp&port=5432", UNIX),
        ("postgresql://u@%2Frun%2Fp/x", UNIX),
        ("postgres:///x", Address(host="localhost", port=5432)),
        ("redis://cache.example/3", Address(host="cache.example", port=6379)),
        ("unix:///run/r%20s/redis.sock?db=1", Address(path=Path("/run/r s/redis.sock"))),
    ],
)
def test_address(url: str, place: Address) -> None:
    assert address(url) == place


@pytest.mark.parametrize(
    ("url", "place", "moved"),
    [
        ("postgresql://u:p@db/x?sslmode=disable", TCP, "postgresql://u:p@127.0.0.1:7000/x?sslmode=disable"),
        ("postgresql://u@/x?host=%2Ffrom&port=5433", TCP, "postgresql://u@127.0.0.1:7000/x"),
        ("postgresql://u:p@db:6000/x", UNIX, "postgresql://u:p@/x?host=%2Frun%2Fp&port=5432"),
        ("redis://:p@cache/3", UNIX, "unix://:p@/run/p/.s.PGSQL.5432?db=3"),
        ("unix:///run/redis.sock?db=2", TCP, "redis://127.0.0.1:7000/2"),
        ("redis://cache", TCP, "redis://127.0.0.1:7000/0"),
    ],
)
def test_with_address(url: str, place: Address, moved: str) -> None:
    assert with_address(url, place) == moved


def test_with_database_keeps_everything_else() -> None:
    assert with_database("postgresql://u:p@db:1/x?host=a&b=c", "y z") == "postgresql://u:p@db:1/y%20z?host=a&b=c"


def test_another_database_of_the_same_redis() -> None:
    assert with_redis_database("redis://u:p@h:1/0?x=y", 1) == "redis://u:p@h:1/1?x=y"
    assert with_redis_database("redis://h", 1) == "redis://h/1"
    assert with_redis_database("unix:///a/b.sock?db=0", 1) == "unix:///a/b.sock?db=1"
