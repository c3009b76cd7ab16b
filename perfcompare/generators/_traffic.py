"""The requests of a load, as the scenario's contract makes them, and their bytes on the wire."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from random import Random
from typing import Final

from perfcompare.core.dataset import Dataset
from perfcompare.core.generator import Load
from perfcompare.core.http import Request, merged
from perfcompare.core.registry import Registry
from perfcompare.core.scenario import Exchange, Scenario

CYCLE: Final = 2000
"""How many requests of a reading scenario are repeated: too many for any cache but a planned one."""
_SCENARIOS: Final = Registry("perfcompare.scenarios", attribute="SCENARIO", kind=Scenario)


def writes(load: Load) -> bool:
    """Whether each of its requests may be sent only once."""
    return _SCENARIOS[load.scenario].writes


def stream(load: Load) -> Iterator[Exchange]:
    """Its endless traffic, which is the same at every call."""
    dataset = Dataset(count=load.dataset_count, seed=load.dataset_seed)
    return _SCENARIOS[load.scenario].traffic(dataset, Random(load.seed))


def cycle(load: Load) -> list[Exchange]:
    """The exchanges that a load of a reading scenario repeats."""
    return list(islice(stream(load), CYCLE))


def statuses(load: Load) -> set[int]:
    """The statuses of right answers."""
    return {exchange.expected.status for exchange in cycle(load)}


def wire(load: Load, request: Request) -> bytes:
    """The bytes of an HTTP/1.1 request that keeps its connection open."""
    headers = merged({"Host": f"{load.host}:{load.port}"}, request.headers)
    if request.body is not None:
        headers["Content-Length"] = str(len(request.body))
    lines = [f"{request.method} {load.prefix}{request.path} HTTP/1.1", *(f"{k}: {v}" for k, v in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + (request.body or b"")


def framed(load: Load, request: Request) -> bytes:
    """Its bytes on the wire behind a line with their number, as the Lua script reads them."""
    content = wire(load, request)
    return b"%d\n%s" % (len(content), content)
