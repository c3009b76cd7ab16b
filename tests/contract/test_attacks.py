"""What attackers send, to every stack on its own server: malformed, endless and excessive requests, and SQL."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import closing
from typing import Final
from urllib.parse import quote

import psycopg
import pytest

from perfcompare.contract.endpoints import ENDPOINTS
from perfcompare.core.http import JSON, Expected, Reply, Request
from perfcompare.core.limits import MAX_LIMIT
from perfcompare.registries import scenarios, stacks
from perfcompare.runner.client import Client
from perfcompare.scenarios.user_create import create, created
from perfcompare.targets.demonstration import differences
from tests.contract.conftest import DATASET, Environ, Restore, Serve
from tests.contract.fuzzing import hostile
from tests.contract.served import Served
from users.dataset import CREATED_DOMAIN, FIRST_FREE_ID

OFFERING: Final = [
    name for name, stack in stacks.items() if stack.scenarios >= ENDPOINTS and differences.checks(name, 422)
]
MALFORMED_KIB: Final = 50 * 1024
"""The most that malformed bodies may take."""
GIGABYTE: Final = 1024**3
LONG: Final = "x" * 64 * 1024
MALFORMED: Final = [body for body in hostile.BODIES if body]
EXCESSIVE: Final = {
    "limit": "users?limit=1000000000",
    "offset": f"users?offset={10**25}",
    "parameters": "users?" + "&".join(["x=1"] * 2000),
    "url": f"users?x={LONG}",
}
HEADERS: Final = [
    *(("Content-Type", value) for value in hostile.TYPES),
    *(("Accept", value) for value in hostile.ACCEPTS),
    *(("Authorization", value.format("0" * 40)) for value in hostile.CREDENTIALS),
    *hostile.HEADERS,
]
PATHS: Final = {"Authorization": "protected", "Cookie": "protected"}
"""Where a header is sent that `simple` does not read."""
SQL: Final = (
    "1 OR 1=1",
    "1'; DROP TABLE users_user; --",
    "1) UNION SELECT password FROM users_user --",
    "$$; SELECT 1",
)


@pytest.fixture(scope="module")
def served(request: pytest.FixtureRequest, serve: Serve, environ: Environ, restore: Restore) -> Iterator[Served]:
    stack = request.param
    server = stacks[stack].server
    restore()
    with serve(stack, server, environ) as process:
        yield Served(stack=stack, server=server, process=process, client=Client(process.host, process.port))
        assert process.alive()
    restore()


every_stack = pytest.mark.parametrize("served", OFFERING, indirect=True, scope="module")


def _sent(served: Served, request: Request) -> Reply:
    return served.client.send(request, served.process.prefix)


@every_stack
def test_a2_each_created_user_is_one_row(served: Served, database: psycopg.Connection, restore: Restore) -> None:
    restore()
    cases = scenarios["user_create"].cases(DATASET)

    replies = [_sent(served, case.request) for case in cases]

    rows = database.execute("SELECT count(*) FROM users_user WHERE id >= %s", [FIRST_FREE_ID]).fetchone()
    restore()
    assert rows == (sum(case.expected.status == 201 for case in cases),)
    assert rows == (sum(reply.status == 201 for reply in replies),)


@every_stack
def test_a3_malformed_bodies_are_refused_and_take_no_memory(served: Served, restore: Restore) -> None:
    before = served.peak_kib()
    replies = [_sent(served, Request(method="POST", path="users", headers=JSON, body=body)) for body in MALFORMED]

    restore()
    assert {reply.status for reply in replies} == {201, 400, 413, 422}
    assert all(isinstance(json.loads(reply.body), dict) for reply in replies)
    assert served.peak_kib() - before < MALFORMED_KIB


@every_stack
def test_a4_a_gigabyte_that_is_declared_and_never_sent_is_413_at_once(served: Served) -> None:
    head = (
        f"POST {served.process.prefix}users HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Content-Length: {GIGABYTE}\r\n\r\n"
    )
    with closing(socket.create_connection((served.process.host, served.process.port), timeout=20)) as connection:
        connection.sendall(head.encode())
        status, _, _ = connection.recv(4096).partition(b"\r\n")

    assert b" 413 " in status


@every_stack
@pytest.mark.parametrize("path", EXCESSIVE.values(), ids=EXCESSIVE)
def test_a5_excess_in_the_query_is_refused_or_capped(served: Served, path: str) -> None:
    try:
        reply = _sent(served, Request(path=path))
    except OSError:
        return  # the server closes such a connection
    assert reply.status < 500
    assert reply.status >= 400 or len(json.loads(reply.body)["results"]) <= MAX_LIMIT


@every_stack
def test_a5_an_excessive_header_is_refused_or_ignored(served: Served) -> None:
    try:
        reply = _sent(served, Request(path="simple", headers={"X-Long": LONG}))
    except OSError:
        return  # the server closes such a connection
    assert reply.status in {200, 400, 431}


@every_stack
def test_a5_no_header_brings_a_server_error(served: Served) -> None:
    wrong = [
        (name, value)
        for name, value in HEADERS
        if _sent(served, Request(path=PATHS.get(name, "simple?x=%E9"), headers={name: value})).status >= 500
    ]

    assert wrong == []


@every_stack
@pytest.mark.parametrize("text", SQL)
def test_a6_sql_is_data(served: Served, database: psycopg.Connection, restore: Restore, text: str) -> None:
    for path, fields in ((f"users/{quote(text)}", {"id"}), (f"users?limit={quote(text)}", {"limit"})):
        expected = Expected(status=422, fields=frozenset(fields))
        assert expected.difference(_sent(served, Request(path=path))) is None
    ordered = _sent(served, Request(path=f"users?limit=3&ordering=password&search={quote(text)}"))
    assert [one["id"] for one in json.loads(ordered.body)["results"]] == [1, 2, 3]

    email = f"sql@{CREATED_DOMAIN}"
    assert created(text, email).difference(_sent(served, create({"name": text, "email": email}))) is None

    rows = database.execute("SELECT name FROM users_user WHERE id >= %s", [FIRST_FREE_ID]).fetchall()
    restore()
    assert rows == [(text,)]
    assert database.execute("SELECT count(*) FROM users_user").fetchone() == (DATASET.count,)


@every_stack
def test_a7_every_bad_token_is_refused_in_the_same_way(served: Served, database: psycopg.Connection) -> None:
    token = database.execute("SELECT key FROM authtoken_token WHERE user_id = 2").fetchone()
    assert token is not None
    database.execute("UPDATE users_user SET is_active = false WHERE id = 2")
    try:
        inactive = _sent(served, Request(path="protected", headers={"Authorization": f"Token {token[0]}"}))
    finally:
        database.execute("UPDATE users_user SET is_active = true WHERE id = 2")
    unknown = _sent(served, Request(path="protected", headers={"Authorization": f"Token {'0' * 40}"}))

    refused = Expected(status=401, headers={"www-authenticate": "Token"})
    assert (refused.difference(inactive), refused.difference(unknown)) == (None, None)
