"""Every stack on every server that can serve it: each case of each scenario it offers, over real HTTP.

A stack on the server that suits it best gets every case; on the others every good case and the first bad one of each
status, because what a server can spoil is the transport and not the validation.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import psycopg
import pytest

from perfcompare import differences
from perfcompare.core.http import Expected, Request
from perfcompare.core.scenario import Case, Exchange
from perfcompare.registries import scenarios, servers, stacks
from perfcompare.runner.client import Client
from perfcompare.runner.processes import ServerProcess
from perfcompare.runner.verify import difference
from tests.contract.conftest import DATASET, Environ, Restore, Serve
from users.dataset import FIRST_FREE_ID

OWN = [(name, stack.server) for name, stack in stacks.items()]
OTHERS = [
    (stack, server)
    for stack in stacks
    for server in servers
    if servers[server].interface in stacks[stack].targets and (stack, server) not in OWN
]


@dataclass(frozen=True, kw_only=True)
class Served:
    """A stack that is being served."""

    stack: str
    server: str
    process: ServerProcess
    client: Client

    def scenarios(self) -> list[str]:
        """What it offers, in an order in which lists are asked for before users are made."""
        return sorted(stacks[self.stack].scenarios, key=lambda name: (scenarios[name].writes, name))

    def wrong(self, scenario: str, cases: Iterable[Case]) -> Iterator[str]:
        """A sentence for each case that is answered wrongly."""
        for case in cases:
            expected = differences.expected(self.stack, self.server, scenario, case)
            exchange = Exchange(request=case.request, expected=expected)
            found = difference(self.client, self.process.prefix, scenarios[scenario], exchange)
            if found is not None:
                yield f"{scenario}, {case.name}: {found}"


@pytest.fixture(scope="module")
def served(request: pytest.FixtureRequest, serve: Serve, environ: Environ, restore: Restore) -> Iterator[Served]:
    stack, server = request.param
    with serve(stack, server, environ) as process:
        yield Served(stack=stack, server=server, process=process, client=Client(process.host, process.port))
        assert process.alive()
    restore()


def _pairs(pairs: list[tuple[str, str]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("served", pairs, ids="-".join, indirect=True, scope="module")


def _first_of_each_status(cases: Iterable[Case]) -> Iterator[Case]:
    """The good cases, and one bad case of each status that the server waits for nothing to give."""
    seen = {504}
    for case in cases:
        if case.expected.status < 400 or case.expected.status not in seen:
            seen.add(case.expected.status)
            yield case


@_pairs(OWN)
def test_every_case_is_answered_as_the_contract_says(served: Served) -> None:
    wrong = [found for name in served.scenarios() for found in served.wrong(name, scenarios[name].cases(DATASET))]

    assert not wrong, "\n".join(wrong)


@_pairs(OWN)
def test_a_path_outside_every_stack_is_404_in_json(served: Served) -> None:
    reply = served.client.send(Request(path="nobody/simple"), "/api/")

    assert Expected(status=404).difference(reply) is None


@_pairs([pair for pair in OWN if "user_create" in stacks[pair[0]].scenarios])
def test_fields_that_nobody_may_set_are_not_set(served: Served, database: psycopg.Connection, restore: Restore) -> None:
    cases = {case.name: case for case in scenarios["user_create"].cases(DATASET)}
    restore()

    assert list(served.wrong("user_create", [cases["privileges are ignored"]])) == []

    rows = database.execute(
        "SELECT is_staff, is_superuser, is_active, password FROM users_user WHERE id >= %s", [FIRST_FREE_ID]
    ).fetchall()
    assert [row[:3] for row in rows] == [(False, False, True)]
    assert rows[0][3].startswith("!")  # Django's mark for a password that nothing fits


@_pairs(OTHERS)
def test_other_servers_change_no_answer(served: Served) -> None:
    wrong = [
        found
        for name in served.scenarios()
        for found in served.wrong(name, _first_of_each_status(scenarios[name].cases(DATASET)))
    ]

    assert not wrong, "\n".join(wrong)
