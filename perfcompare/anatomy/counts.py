"""Counts what one request causes besides computing: thread hops, started threads and SQL statements. Nothing is timed.

The server runs as in a timed trial, with two additions: a module that Python loads at its start
(`counting/sitecustomize.py`), and a proxy in front of PostgreSQL. Requests are sent one after another. Two series of
different lengths are compared, so that events that occur once do not count.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random
from typing import Final

from perfcompare.anatomy.counting.sitecustomize import LAYOUT
from perfcompare.core.errors import WrongAnswerError
from perfcompare.core.measurement import Cell
from perfcompare.core.scenario import Exchange
from perfcompare.core.target import Endpoint, Target
from perfcompare.runner.client import Client
from perfcompare.runner.processes import ServerProcess
from perfcompare.runner.verification import difference
from perfcompare.services.proxy import Proxy

REQUESTS: Final = 20
WARM: Final = 10
"""Requests that are sent first. They open connections, fill caches and start the threads that stay."""
_FOLDER: Final = Path(__file__).parent / "counting"


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Per request."""

    hops: float
    """How often a request hands work to another thread and waits for it."""
    threads: float
    """Threads started."""
    statements: float
    """SQL statements sent, including those of transactions."""


def count(cell: Cell, target: Target, folder: Path) -> Counts:
    """The counts of one cell. Raises WrongAnswerError when an answer is wrong. `folder` must exist and be empty."""
    with Proxy(target.environ["DATABASE_URL"]) as proxy:
        told = {
            "DATABASE_URL": proxy.url,
            "PERFCOMPARE_COUNTS": str(folder),
            "PYTHONPATH": str(_FOLDER),
        }
        program, endpoint = target.program(cell.stack, cell.server, told=told), target.endpoint(cell.scenario)
        with ServerProcess(program, log=folder / "server.log", cpus=None) as server:
            exchanges = endpoint.traffic(Random())
            _ask(server, cell, endpoint, islice(exchanges, WARM))
            proxy.clear()
            before = _read(folder)
            _ask(server, cell, endpoint, islice(exchanges, REQUESTS))
            after = _read(folder)
            statements = len(proxy.statements)
    hops, threads = ((now - then) / REQUESTS for now, then in zip(after, before, strict=True))
    return Counts(hops=hops, threads=threads, statements=statements / REQUESTS)


def _ask(server: ServerProcess, cell: Cell, endpoint: Endpoint, exchanges: Iterator[Exchange]) -> None:
    client = Client(server.host, server.port)
    for exchange in exchanges:
        found = difference(client, server.prefix, endpoint, exchange)
        if found is not None:
            raise WrongAnswerError(f"{cell.stack} answers {cell.scenario} wrongly: {found}")


def _read(folder: Path) -> tuple[int, int]:
    """The hops and threads of all processes of the server until now."""
    numbers = [LAYOUT.unpack(file.read_bytes()) for file in folder.glob("*.counts")]
    return sum(hops for hops, _ in numbers), sum(threads for _, threads in numbers)
