"""What each stack asks of the database, and what it answers when database, cache or upstream service are in trouble."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from random import Random
from typing import Final

import psycopg
import pytest

from perfcompare.core.http import Expected, Reply
from perfcompare.core.limits import CACHE_TIMEOUT_S, DATABASE_TIMEOUT_S, UPSTREAM_TIMEOUT_S
from perfcompare.core.scenario import Exchange
from perfcompare.registries import scenarios, stacks
from perfcompare.runner.client import TIMEOUT_S, Client
from perfcompare.runner.processes import ServerProcess
from perfcompare.services.proxies import Proxies, proxied
from perfcompare.services.proxy import Mode, Proxy
from perfcompare.targets.demonstration import differences
from tests.contract.conftest import DATASET, Environ, Restore, Serve
from tests.waiting import until

MARGIN_S: Final = 3.0
"""What an answer may take beside the time limit of the contract, on a machine that is busy with other things."""
FROM_THE_DATABASE: Final = ("user_detail", "user_list", "protected", "dashboard", "user_create")
ANSWERS: Final = 2
LATE: Final = "late"
_NO_WORK: Final = ("BEGIN", "COMMIT", "ROLLBACK", "SET ", "SELECT pg_advisory_unlock_all()")
"""How statements begin that ask for no rows: transactions, settings, and what asyncpg sends when it returns a
connection to its pool (https://magicstack.github.io/asyncpg/current/api/index.html, Connection.reset)."""

SERVED = [name for name, stack in stacks.items() if stack.scenarios >= set(FROM_THE_DATABASE)]


@dataclass(frozen=True, kw_only=True)
class Troubled:
    """A stack on its own server, with a proxy before each service."""

    stack: str
    process: ServerProcess
    services: Proxies

    def send(self, exchange: Exchange, within_s: float = TIMEOUT_S) -> Reply:
        """The answer; TimeoutError when it takes longer than that and MARGIN_S."""
        client = Client(self.process.host, self.process.port, within_s + MARGIN_S)
        return client.send(exchange.request, self.process.prefix)

    def wrong(self, scenario: str, expected: Expected | None, within_s: float) -> str | None:
        """What is wrong with the answer to the next request of the traffic of `scenario`."""
        exchange = next(scenarios[scenario].traffic(DATASET, Random()))
        found = (expected or exchange.expected).difference(self.send(exchange, within_s))
        return found and f"{scenario}: {found}"

    def all_wrong(
        self, names: Sequence[str], expected: Expected | None = None, within_s: float = TIMEOUT_S
    ) -> list[str]:
        """What is wrong with the answers to these, asked for at the same time."""
        with ThreadPoolExecutor(len(names)) as pool:
            return [found for found in pool.map(lambda name: self.wrong(name, expected, within_s), names) if found]

    def waiting(self, names: Sequence[str], within_s: float) -> list[str]:
        """What is wrong where requests wait with the database: each is late or 503 in time, and one at least is late.

        A request that finds no connection in a pool is 503; only what found one waits.
        """

        def wrong(name: str) -> str | None:
            try:
                return self.wrong(name, Expected(status=503), within_s)
            except TimeoutError:
                return LATE

        with ThreadPoolExecutor(len(names)) as pool:
            found = list(pool.map(wrong, names))
        return [one for one in found if one not in (None, LATE)] + ([] if LATE in found else ["nothing was late"])

    def asked(self, exchanges: Sequence[Exchange]) -> list[str]:
        """The SQL that asks for or changes rows, sent while these are answered rightly."""
        self.services.database.clear()
        for exchange in exchanges:
            assert exchange.expected.difference(self.send(exchange)) is None
        return [sql for sql in self.services.database.statements if not sql.startswith(_NO_WORK)]

    @contextmanager
    def trouble(self, proxy: Proxy, mode: Mode) -> Iterator[None]:
        """`proxy` is `down` or hangs for the duration."""
        proxy.switch(mode)
        try:
            yield
        finally:
            proxy.switch("pass")


@pytest.fixture(scope="module")
def troubled(request: pytest.FixtureRequest, serve: Serve, environ: Environ, restore: Restore) -> Iterator[Troubled]:
    with proxied(environ) as services:
        stack = request.param
        with serve(stack, stacks[stack].server, {**environ, **services.environ}) as process:
            yield Troubled(stack=stack, process=process, services=services)
    restore()


every_stack = pytest.mark.parametrize("troubled", SERVED, indirect=True, scope="module")


@every_stack
def test_a2_an_answer_takes_as_many_statements_as_the_contract_says(troubled: Troubled, restore: Restore) -> None:
    restore()
    counted, right, levers = {}, {}, stacks[troubled.stack].levers
    for name in sorted(stacks[troubled.stack].scenarios, key=lambda name: scenarios[name].writes):
        first, *rest = islice(scenarios[name].traffic(DATASET, Random()), 1 + ANSWERS)
        # warms connections, and caches with what they may remember of a request
        troubled.asked([first] if scenarios[name].writes else [first, *rest])
        counted[name] = len(troubled.asked(rest)) / ANSWERS
        right[name] = differences.statements(troubled.stack, levers, name, scenarios[name])

    assert counted == right


def _restored(restore: Restore, database: psycopg.Connection) -> bool:
    """Whether all users are taken away: an insert whose answer was lost may happen all the same, and a moment later."""
    restore()
    time.sleep(0.2)
    return database.execute("SELECT count(*) FROM users_user").fetchone() == (DATASET.count,)


@every_stack
@pytest.mark.parametrize("mode", ["down", "hang"])
def test_r7_r8_without_the_database_it_is_503_in_time_and_recovers(
    troubled: Troubled, restore: Restore, database: psycopg.Connection, mode: Mode
) -> None:
    restore()
    assert troubled.all_wrong(["user_detail"]) == []  # a pool has a connection then, with which a request can wait
    with troubled.trouble(troubled.services.database, mode):
        if mode == "hang" and differences.waits(troubled.stack):
            wrong = troubled.waiting(FROM_THE_DATABASE, DATABASE_TIMEOUT_S)
        else:
            wrong = troubled.all_wrong(FROM_THE_DATABASE, Expected(status=503), DATABASE_TIMEOUT_S)
        wrong += troubled.all_wrong(("simple", "items"))
    until(lambda: _restored(restore, database))
    # one after another: the users that one of them makes would be in the answers of the others
    wrong += [found for name in FROM_THE_DATABASE for found in troubled.all_wrong([name])]

    assert wrong == []
    assert "Traceback" not in troubled.process.log.read_text()


@every_stack
def test_r9_without_the_cache_answers_are_the_same_and_the_log_has_one_warning(
    troubled: Troubled, restore: Restore
) -> None:
    restore()
    before = troubled.process.log.read_text()
    wrong: list[str] = []
    modes: tuple[Mode, ...] = ("down", "hang")
    for mode in modes:
        with troubled.trouble(troubled.services.cache, mode):
            wrong += troubled.all_wrong(("expensive", "cached_users") * 2, within_s=4 * CACHE_TIMEOUT_S)
    wrong += troubled.all_wrong(("expensive", "cached_users"))

    assert wrong == []
    said = troubled.process.log.read_text().removeprefix(before).splitlines()
    assert [line.partition(":")[0] for line in said] == ["The cache is unavailable, answering without it"]


@every_stack
@pytest.mark.parametrize(("mode", "status"), [("down", 502), ("hang", 504)])
def test_without_the_upstream_service_it_is_502_or_504_in_time_and_recovers(
    troubled: Troubled, mode: Mode, status: int
) -> None:
    with troubled.trouble(troubled.services.upstream, mode):
        wrong = troubled.all_wrong(["upstream"], Expected(status=status), UPSTREAM_TIMEOUT_S)
    wrong += troubled.all_wrong(["upstream"])

    assert wrong == []
