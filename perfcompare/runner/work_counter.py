"""Counts the work of one request: SQL statements, rows, bytes of the answer, commands to the cache. Nothing is timed.

The server runs as in a timed trial, with a proxy in front of PostgreSQL, and gets one request after another. Work that
happens once, such as opening a persistent connection, is over before the counting begins. pg_stat_statements would
count the same statements, but not every PostgreSQL has that extension.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random
from typing import Final

from perfcompare.core.errors import PerfcompareError, WrongAnswerError, attempt
from perfcompare.core.http import Reply
from perfcompare.core.measurement import Cell, Work
from perfcompare.core.scenario import Exchange
from perfcompare.core.stack import original
from perfcompare.core.target import Demand, Endpoint, Target
from perfcompare.runner import recount
from perfcompare.runner.client import Client
from perfcompare.runner.processes import ServerProcess, start_all
from perfcompare.services.proxy import Proxy

WARM: Final = 10
"""Requests sent first: more than a server has threads, so that connections that stay are open."""
AGAIN: Final = 2
"""Requests of each further scenario that are sent first: its own code and statements are prepared then."""
REQUESTS: Final = 3
_UPKEEP: Final = (
    *("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET ", "RESET", "SHOW"),
    *("SELECT SET_CONFIG", "SELECT PG_ADVISORY_UNLOCK_ALL"),  # Django's and asyncpg's own
)
"""Statements that open, set up and end transactions and sessions: overhead of a framework, not the request's work."""


class WorkCounter:
    """Counts each combination of stack, server and scenario once, all scenarios of a stack on one server."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, str], _Found | PerfcompareError] = {}

    def count(self, cells: Iterable[Cell], target: Target, *, folder: Path, seed: int) -> None:
        """Count the unknown work of the cells. Each server has its log in `folder`.

        `seed` chooses the requests, the same ones for every stack. Rows that writing scenarios create stay.
        """
        wanted = {_key(cell): cell for cell in cells if _key(cell) not in self._known}
        with ExitStack() as context:
            whos = dict.fromkeys(key[:2] for key in wanted)
            proxies = {who: context.enter_context(Proxy(target.environ["DATABASE_URL"])) for who in whos}
            started = start_all(
                {who: partial(_server, who, proxy.url, target, folder) for who, proxy in proxies.items()}, context
            )
            warm = set[tuple[str, str]]()
            # writing scenarios come last, because they change what the others read
            for key, cell in sorted(wanted.items(), key=lambda one: target.endpoint(one[1].scenario).writes):
                who = key[:2]
                server, endpoint = started[who], target.endpoint(cell.scenario)
                if isinstance(server, PerfcompareError):
                    self._known[key] = server
                    continue
                one = _Counted(
                    cell=cell, endpoint=endpoint, target=target, server=server, proxy=proxies[who], seed=seed
                )
                self._known[key] = attempt(partial(one.found, warm=who in warm))
                warm.add(who)

    def of(self, cell: Cell) -> Work | None:
        """The work of one request; None when it was not counted. Raises the error that prevented the counting."""
        found = self._of(cell)
        return found.work if found else None

    def demand(self, cell: Cell) -> Demand | None:
        """What one request asks of the services; None when nobody could tell. Raises as `of`."""
        found = self._of(cell)
        return found.demand if found else None

    def _of(self, cell: Cell) -> _Found | None:
        found = self._known.get(_key(cell))
        if isinstance(found, PerfcompareError):
            raise found
        return found


def _key(cell: Cell) -> tuple[str, str, str]:
    return original(cell.stack), cell.server, cell.scenario


def asked(statements: Iterable[str]) -> int:
    """How many of the statements belong to the request, and not to a session or a transaction."""
    return sum(not statement.lstrip().upper().startswith(_UPKEEP) for statement in statements)


def content_bytes(body: bytes) -> int:
    """The bytes of an answer; those of JSON without the blanks and escapes that serializers write or leave out."""
    try:
        value = json.loads(body)
    except ValueError:
        return len(body)
    return len(json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode(errors="surrogatepass"))


def _server(who: tuple[str, str], database_url: str, target: Target, folder: Path) -> ServerProcess:
    stack, server = who
    program = target.program(stack, server, told={"DATABASE_URL": database_url})
    return ServerProcess(program, log=folder / f"{stack}-{server}.log", cpus=None)


@dataclass(frozen=True, kw_only=True)
class _Found:
    """What was counted of one request."""

    work: Work
    demand: Demand | None


@dataclass(frozen=True, kw_only=True)
class _Counted:
    """One scenario on a server whose statements pass through a proxy."""

    cell: Cell
    endpoint: Endpoint
    target: Target
    server: ServerProcess
    proxy: Proxy
    seed: int

    def found(self, *, warm: bool) -> _Found:
        """The work of one request. `warm`: the server has had requests, so its persistent connections are open.

        Raises WrongAnswerError for a wrong answer, and PerfcompareError without one.
        """
        try:
            replies = self._counted_replies(AGAIN if warm else WARM)
            work = Work(
                statements=asked(self.proxy.statements) / REQUESTS,
                rows=self.proxy.rows / REQUESTS,
                body_bytes=sum(content_bytes(reply.body) for reply in replies) / REQUESTS,
            )
            told, sent = recount.demand(self.server, self.endpoint, self.target), bool(self.proxy.statements)
        except OSError as error:
            raise PerfcompareError(f"server: it does not answer ({error}). {self.server.tail()}") from error
        # What the proxy has seen is certain; PostgreSQL forgets who has asked when the connection ends.
        return _Found(work=work, demand=replace(told, database=sent) if told else None)

    def _counted_replies(self, before: int) -> list[Reply]:
        """The answers to the counted requests, after `before` others."""
        writes = self.endpoint.writes
        # text, because the load's own requests are chosen by numbers: a user must not be created twice
        chosen = f"work {self.cell.stack} {self.cell.server} {self.seed}" if writes else f"work {self.seed}"
        exchanges = self.endpoint.traffic(Random(chosen))
        counted = list(islice(exchanges, REQUESTS))  # the same for all stacks, however many others come before
        self._replies(islice(exchanges, before))
        if not writes:
            self._replies(iter(counted))  # what they may find in a cache, they find there when it counts
        self.proxy.clear()
        return self._replies(iter(counted))

    def _replies(self, exchanges: Iterator[Exchange]) -> list[Reply]:
        client = Client(self.server.host, self.server.port)
        return [self._reply(client, exchange) for exchange in exchanges]

    def _reply(self, client: Client, exchange: Exchange) -> Reply:
        reply = client.send(exchange.request, self.server.prefix)
        found = exchange.expected.difference(reply)
        if found is not None:
            raise WrongAnswerError(f"{self.cell.stack} answers {self.cell.scenario} wrongly: {found}")
        return reply
