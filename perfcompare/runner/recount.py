"""Counts anew, on the living server that is timed, what a request makes the services do.

A cache that is away, full or emptied again and again changes no answer: a stack asks its database instead. Its figures
would be those of other work.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice, repeat
from random import Random
from typing import Final

from perfcompare.core.target import Demand, Endpoint, Target
from perfcompare.runner.client import Client
from perfcompare.runner.processes import ServerProcess

TRIES: Final = 4
"""The first request may fill a cache, and another program may ask a service at the same moment."""


def demand(server: ServerProcess, endpoint: Endpoint, target: Target) -> Demand | None:
    """What two requests in a row ask of the services; None where the target has no meter.

    OSError when the server does not answer, EnvironmentProblem when a service does not.
    """
    before = None
    for found in _demands(server, endpoint, target):
        if found == before:
            break
        before = found
    return before


def difference(server: ServerProcess, endpoint: Endpoint, target: Target, counted: Demand) -> str | None:
    """A sentence about a request that asks for other work than the counted; else None. Raises as `demand`."""
    found = None
    for found in _demands(server, endpoint, target):
        if found is None or _same(found, counted):
            return None
    return f"a request asks {found}. When its work was counted, it asked {counted}."


def _same(found: Demand, counted: Demand) -> bool:
    # It is never said to ask less: PostgreSQL forgets who has asked when the connection ends.
    return found.cache == counted.cache and (counted.database or not found.database)


def _demands(server: ServerProcess, endpoint: Endpoint, target: Target) -> Iterator[Demand | None]:
    """Of TRIES requests: the same one, unless it can be sent only once."""
    client = Client(server.host, server.port)
    exchanges = endpoint.traffic(Random())
    chosen = exchanges if endpoint.writes else repeat(next(exchanges))
    with target.meter() as meter:
        for exchange in islice(chosen, TRIES):
            yield None if meter is None else meter(partial(client.send, exchange.request, server.prefix))
