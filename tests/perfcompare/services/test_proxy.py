"""The proxy before real servers: statements counted for both drivers, and what clients see when it is down or hangs."""

from __future__ import annotations

import asyncio
import gc
import socket
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psycopg
import pytest
import redis

from perfcompare.services import locations
from perfcompare.services.proxy import Proxy
from perfcompare.services.urls import address


@pytest.fixture(params=[False, True], ids=["unix", "tcp"])
def proxy(request: pytest.FixtureRequest, database_url: str) -> Iterator[Proxy]:
    with Proxy(database_url, tcp=request.param) as proxy:
        yield proxy


@pytest.fixture(params=[False, True], ids=["unix", "tcp"])
def redis_proxy(request: pytest.FixtureRequest, redis_url: str) -> Iterator[Proxy]:
    with Proxy(redis_url, tcp=request.param) as proxy:
        yield proxy


def test_psycopg_statements_are_counted(proxy: Proxy) -> None:
    with psycopg.connect(proxy.url, autocommit=True) as connection:
        connection.execute("SELECT 1")
        for number in range(3):
            connection.execute("SELECT %s::int", [number], prepare=True)

    assert proxy.statements == ["SELECT 1", *["SELECT $1::int"] * 3]


def test_rows_are_counted_until_they_are_forgotten(proxy: Proxy) -> None:
    with psycopg.connect(proxy.url, autocommit=True) as connection:
        connection.execute("SELECT generate_series(1, 5)").fetchall()
        assert proxy.rows == 5
        proxy.clear()
        connection.execute("SELECT 1").fetchall()

    assert proxy.rows == 1


def test_psycopg_statements_in_a_pipeline_are_counted(proxy: Proxy) -> None:
    with psycopg.connect(proxy.url, autocommit=True) as connection, connection.pipeline():
        for number in range(3):
            connection.execute("SELECT %s::int", [number])

    assert [sql for sql in proxy.statements if sql.startswith("SELECT")] == ["SELECT $1::int"] * 3


def test_asyncpg_statements_are_counted(proxy: Proxy) -> None:
    async def work() -> None:
        connection = await asyncpg.connect(proxy.url)
        proxy.clear()
        await connection.fetch("SELECT 1")
        statement = await connection.prepare("SELECT $1::int")
        for number in range(3):
            assert await statement.fetchval(number) == number
        await connection.execute("SET application_name = 'x'")
        await connection.close()

    asyncio.run(work())

    assert proxy.statements == ["SELECT 1", *["SELECT $1::int"] * 3, "SET application_name = 'x'"]


def test_large_answers_and_copies_pass_unchanged(proxy: Proxy) -> None:
    text = "x" * 3_000_000
    with psycopg.connect(proxy.url) as connection:
        connection.execute("CREATE TEMPORARY TABLE big (t text)")
        with connection.cursor().copy("COPY big FROM STDIN") as copy:
            copy.write_row([text])
        row = connection.execute("SELECT t FROM big").fetchone()

    assert row == (text,)


def test_down_drops_and_refuses_until_it_passes_again(proxy: Proxy) -> None:
    with psycopg.connect(proxy.url) as connection:
        proxy.switch("down")

        with pytest.raises(psycopg.OperationalError):
            connection.execute("SELECT 1")
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(proxy.url, connect_timeout=5)

    proxy.switch("pass")
    with psycopg.connect(proxy.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_hang_stalls_open_connections_and_delivers_later(proxy: Proxy) -> None:
    async def work() -> object:
        connection = await asyncpg.connect(proxy.url)
        proxy.switch("hang")
        query = asyncio.create_task(connection.fetchval("SELECT 7"))
        assert not (await asyncio.wait([query], timeout=0.2))[0]
        proxy.switch("pass")
        answer = await query
        await connection.close()
        return answer

    assert asyncio.run(work()) == 7


def test_hang_accepts_new_connections_and_never_answers(proxy: Proxy) -> None:
    proxy.switch("hang")

    with pytest.raises(psycopg.errors.ConnectionTimeout):
        psycopg.connect(proxy.url, connect_timeout=2)


def test_a_refusal_of_the_server_reaches_the_client(proxy: Proxy) -> None:
    with pytest.raises(psycopg.OperationalError, match='database "absent" does not exist'):
        psycopg.connect(proxy.url.replace("/perfcompare", "/absent"))


def test_a_connection_of_the_last_moment_is_closed_with_the_proxy(database_url: str) -> None:
    for _ in range(30):
        with Proxy(database_url, tcp=True) as proxy:
            place = address(proxy.url)
            clients = [socket.create_connection((place.host, place.port), timeout=10) for _ in range(3)]
        gc.collect()  # a writer left open says so when it is collected, and pytest fails the test
        for client in clients:
            assert not client.recv(1)
            client.close()


def test_redis_passes_and_goes_down(redis_proxy: Proxy) -> None:
    with redis.Redis.from_url(redis_proxy.url, retry=None) as client:
        assert client.ping()
        redis_proxy.switch("down")
        with pytest.raises(redis.ConnectionError):
            client.ping()
        redis_proxy.switch("pass")
        assert client.ping()


def test_redis_hangs(redis_proxy: Proxy) -> None:
    redis_proxy.switch("hang")

    with (
        redis.Redis.from_url(redis_proxy.url, socket_timeout=0.2, retry=None) as client,
        pytest.raises(redis.TimeoutError),
    ):
        client.ping()


def test_each_statement_has_its_own_time(proxy: Proxy) -> None:
    with psycopg.connect(proxy.url, autocommit=True) as connection:
        connection.execute("SELECT pg_sleep(0.05)")
        connection.execute("SELECT 1")

    slept, counted = proxy.sent
    assert slept.ended_s is not None
    assert slept.ended_s - slept.began_s >= 0.05
    assert counted.ended_s is not None
    assert slept.ended_s <= counted.began_s <= counted.ended_s


def test_where_tmp_cannot_be_written_the_socket_lies_beside_the_others(
    database_url: str, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locations, "SHORT_FOLDER", state / "not there")

    with Proxy(database_url) as proxy, psycopg.connect(proxy.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
        assert str(address(proxy.url).path).startswith(str(locations.sockets_folder()))
