"""How much work one request is: SQL statements, rows and bytes of the answer. Counted, not timed.

The server runs as in a timed visit but for a proxy in front of PostgreSQL, and is asked one request after another;
whatever happens once, such as opening a connection that stays, is over before the counting begins. The statements of
pg_stat_statements would be the same, but that extension is not part of every PostgreSQL.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random
from typing import Final

from perfcompare.core.dataset import Dataset
from perfcompare.core.errors import Interrupted, PerfcompareError, WrongAnswerError
from perfcompare.core.http import Reply
from perfcompare.core.measurement import Cell, Work
from perfcompare.core.scenario import Exchange
from perfcompare.core.stack import original
from perfcompare.registries import scenarios
from perfcompare.runner.client import Client
from perfcompare.runner.processes import ServerProcess
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
"""What opens, sets up and ends transactions and sessions: part of how a framework works, not of what it is asked."""


class WorkCounter:
    """Counts each combination of stack, server and scenario once, all scenarios of a stack on one server."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str, str], Work | PerfcompareError] = {}

    def count(
        self, cells: Iterable[Cell], environ: Mapping[str, str], dataset: Dataset, *, folder: Path, seed: int
    ) -> None:
        """Count what is not known of the cells; each server has its log in `folder`.

        `environ` is the servers'; `seed` chooses the requests, the same ones for every stack. The database is left with
        what writing scenarios have made.
        """
        wanted = {_key(cell): cell for cell in cells if _key(cell) not in self._known}
        with ExitStack() as context:
            places = {who: _begun(who, environ, folder, context) for who in {(one[0], one[1]) for one in wanted}}
            ready = {who: _ready(place) for who, place in places.items()}
            # what writes comes last: it would change what the others read
            for key, cell in sorted(wanted.items(), key=lambda one: scenarios[one[1].scenario].writes):
                place = ready[key[0], key[1]]
                found = place if isinstance(place, PerfcompareError) else _counted(cell, place, dataset, seed)
                self._known[key] = found

    def of(self, cell: Cell) -> Work | None:
        """The work of one request, None when it was not counted; the error because of which it could not be."""
        found = self._known.get(_key(cell))
        if isinstance(found, PerfcompareError):
            raise found
        return found


def _key(cell: Cell) -> tuple[str, str, str]:
    return original(cell.stack), cell.server, cell.scenario


def asked(statements: Iterable[str]) -> int:
    """How many of the statements are there because of what was asked, not to keep up a session or a transaction."""
    return sum(not statement.lstrip().upper().startswith(_UPKEEP) for statement in statements)


@dataclass(kw_only=True)
class _Place:
    """A server whose statements are counted."""

    server: ServerProcess
    proxy: Proxy
    warm: bool = False
    """Whether it has been asked, so that the connections that stay are open."""


def _begun(
    who: tuple[str, str], environ: Mapping[str, str], folder: Path, context: ExitStack
) -> _Place | PerfcompareError:
    """A server that is starting, and lives in `context`; all start at the same time."""
    stack, server = who
    try:
        proxy = context.enter_context(Proxy(environ["DATABASE_URL"]))
        inside = {**environ, "DATABASE_URL": proxy.url}
        process = ServerProcess(stack, server, environ=inside, log=folder / f"{stack}-{server}.log", cpus=None)
        process.begin()
        context.push(process)
    except Interrupted:
        raise
    except PerfcompareError as error:
        return error
    return _Place(server=process, proxy=proxy)


def _ready(place: _Place | PerfcompareError) -> _Place | PerfcompareError:
    if isinstance(place, PerfcompareError):
        return place
    try:
        place.server.wait()
    except Interrupted:
        raise
    except PerfcompareError as error:
        return error
    return place


def _counted(cell: Cell, place: _Place, dataset: Dataset, seed: int) -> Work | PerfcompareError:
    server, proxy, writes = place.server, place.proxy, scenarios[cell.scenario].writes
    # text, because the load's own requests are chosen by numbers: a user must not be created twice
    chosen = f"work {cell.stack} {cell.server} {seed}" if writes else f"work {seed}"
    exchanges = scenarios[cell.scenario].traffic(dataset, Random(chosen))
    try:
        _replies(server, cell, islice(exchanges, AGAIN if place.warm else WARM))
        place.warm = True
        counted = list(islice(exchanges, REQUESTS))
        if not writes:
            _replies(server, cell, iter(counted))  # what they may find in a cache, they find there when it counts
        proxy.clear()
        replies = _replies(server, cell, iter(counted))
    except OSError as error:
        return PerfcompareError(f"server: it does not answer ({error}). {server.tail()}")
    except WrongAnswerError as error:
        return error
    return Work(
        statements=asked(proxy.statements) / REQUESTS,
        rows=proxy.rows / REQUESTS,
        body_bytes=sum(len(reply.body) for reply in replies) / REQUESTS,
    )


def _replies(server: ServerProcess, cell: Cell, exchanges: Iterator[Exchange]) -> list[Reply]:
    client = Client(server.host, server.port)
    return [_reply(client, server, cell, exchange) for exchange in exchanges]


def _reply(client: Client, server: ServerProcess, cell: Cell, exchange: Exchange) -> Reply:
    reply = client.send(exchange.request, server.prefix)
    found = exchange.expected.difference(reply)
    if found is not None:
        raise WrongAnswerError(f"{cell.stack} answers {cell.scenario} wrongly: {found}")
    return reply
