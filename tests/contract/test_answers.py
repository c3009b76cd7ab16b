"""Every stack on every server that can serve it: each case of each scenario it offers, over real HTTP.

A stack on the server that suits it best gets every case; on the others every good case and the first bad one of each
status, because what a server can spoil is the transport and not the validation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Final

import psycopg
import pytest

from perfcompare.core.http import JSON, Expected, Request
from perfcompare.core.scenario import Case
from perfcompare.plugins import servers
from perfcompare.registries import scenarios, stacks
from perfcompare.report.data.kinds import Kind, kind
from perfcompare.runner.client import Client
from perfcompare.targets.demonstration.catalog import CATALOG
from tests import raw
from tests.contract.conftest import DATASET, Environ, Restore, Serve
from tests.contract.served import Served
from users.dataset import FIRST_FREE_ID

PAIRS = [
    (stack, server)
    for stack in stacks
    for server in servers
    if servers[server].interface in stacks[stack].targets
    and (server == stacks[stack].server or kind(CATALOG, stack) is not Kind.SETTINGS)
]
"""What differs from another stack by settings alone is asked on its own server: the rest would be the same again."""
HUGE_BYTES: Final = 64 * 1024 * 1024
HANDSHAKE: Final = (
    *("Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"),
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
)
SPEAKING: Final = frozenset({"uvicorn", "gunicorn_uvicorn", "gunicorn_asgi"})
"""The servers that know WebSockets. To the others a handshake is a request as any other."""


@pytest.fixture(scope="module")
def served(request: pytest.FixtureRequest, serve: Serve, environ: Environ, restore: Restore) -> Iterator[Served]:
    stack, server = request.param
    with serve(stack, server, environ) as process:
        yield Served(stack=stack, server=server, process=process, client=Client(process.host, process.port))
        assert process.alive()
    restore()


PAIRS_THAT_WRITE = [pair for pair in PAIRS if stacks[pair[0]].offers("user_create", servers[pair[1]].interface)]

every_pair = pytest.mark.parametrize("served", PAIRS, ids="-".join, indirect=True, scope="module")


def chosen(stack: str, server: str, cases: Iterable[Case]) -> Iterator[Case]:
    """All of them on a stack's own server; elsewhere the good ones and the first bad one of each status.

    Nor is 504 asked for elsewhere, which takes the stack's time limit and no server's work.
    """
    own = stacks[stack].server == server
    seen = {504}
    for case in cases:
        if own or case.expected.status < 400 or case.expected.status not in seen:
            seen.add(case.expected.status)
            yield case


@every_pair
def test_a1_every_case_is_answered_as_the_contract_says(served: Served) -> None:
    wrong = [
        found
        for name in served.scenarios()
        for found in served.wrong(name, chosen(served.stack, served.server, scenarios[name].cases(DATASET)))
    ]

    assert not wrong, "\n".join(wrong)


@every_pair
def test_a7_fields_that_nobody_may_set_are_not_set(
    served: Served, database: psycopg.Connection, restore: Restore
) -> None:
    offered = {"user_create"}.intersection(served.scenarios())
    cases = {case.name: case for case in scenarios["user_create"].cases(DATASET)}
    restore()

    assert [list(served.wrong(name, [cases["privileges are ignored"]])) for name in offered] == [[]] * len(offered)

    rows = database.execute(
        "SELECT is_staff, is_superuser, is_active, password FROM users_user WHERE id >= %s", [FIRST_FREE_ID]
    ).fetchall()
    assert [row[:3] for row in rows] == [(False, False, True)] * len(offered)
    assert all(row[3].startswith("!") for row in rows)  # Django's mark for a password that nothing fits


@every_pair
def test_a_path_outside_every_stack_is_404_in_json(served: Served) -> None:
    reply = served.client.send(Request(path="nobody/simple"), "/api/")

    assert Expected(status=404).difference(reply) is None


@every_pair
@pytest.mark.parametrize("chunked", [False, True], ids=["declared", "chunked"])
def test_a4_a_huge_body_takes_no_memory(served: Served, chunked: bool) -> None:
    request = Request(method="POST", path="users", headers=JSON, body=b" " * HUGE_BYTES, chunked=chunked)
    before = served.peak_kib()

    reply = served.client.send(request, served.process.prefix)

    assert reply.status in {404, 413}  # 404: the stack without a framework has no users under WSGI
    assert (served.peak_kib() - before) * 1024 < HUGE_BYTES / 2


@every_pair
@pytest.mark.parametrize("blanks", [" ", " \t "], ids=["a blank", "a tab"])
def test_blanks_behind_the_length_of_a_body_change_nothing(served: Served, blanks: str) -> None:
    lines = ("Connection: close", "Content-Type: application/json", "Content-Length: 2")
    head = (served.process, "POST", f"{served.process.prefix}users")

    plain = raw.status(served.process, raw.head(*head, *lines) + b"{}")
    assert raw.status(served.process, raw.head(*head, *lines[:-1], lines[-1] + blanks) + b"{}") == plain


@every_pair
def test_requests_that_are_sent_at_once_are_answered_in_their_order(served: Served) -> None:
    lines = {"simple": (), "nothing-here": (), "simple?x": ("Connection: close",)}
    heads = [raw.head(served.process, "GET", served.process.prefix + path, *more) for path, more in lines.items()]

    sent = raw.opened(served.process, b"".join(heads), wait_s=5)
    with closing(sent) as connection, connection.makefile("rb") as answers:
        found = re.findall(rb"HTTP/1\.1 (\d+)", answers.read())

    assert found == [b"200", b"404", b"200"][: 1 if served.server == "gunicorn_sync" else 3]


@every_pair
def test_a_websocket_is_refused_without_a_traceback(served: Served) -> None:
    handshake = raw.head(served.process, "GET", f"{served.process.prefix}simple", *HANDSHAKE)
    before = served.process.log.read_text()

    assert raw.status(served.process, handshake) == (403 if served.server in SPEAKING else 200)
    assert "Traceback" not in served.process.log.read_text().removeprefix(before)


@pytest.mark.parametrize("served", PAIRS_THAT_WRITE, ids="-".join, indirect=True, scope="module")
def test_a4_a_gigabyte_that_does_not_come_is_refused_and_its_connection_closed(served: Served) -> None:
    path = f"{served.process.prefix}users"
    head = raw.head(served.process, "POST", path, "Content-Type: application/json", "Content-Length: 1000000000")
    with closing(raw.opened(served.process, head + b"{")) as connection, connection.makefile("rb") as answer:
        assert answer.read().split()[1] == b"413"
