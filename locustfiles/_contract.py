"""Which requests a scenario sends, and whether their answers are right: all of it from the scenario's contract."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from itertools import islice
from random import Random
from typing import Any, Final

from perfcompare.core.dataset import Dataset
from perfcompare.core.http import ANYTHING, Expected, Reply
from perfcompare.core.scenario import Exchange, Scenario
from perfcompare.registries import scenarios

CYCLE: Final = 2000
"""How many requests of a reading scenario are made once and sent over and over, so that sending costs little."""
KEPT_BYTES: Final = 32 * 1024 * 1024
"""How many bytes of right bodies are remembered: an equal body is right again, and needs no parsing."""
_PROBE: Final = 300


def exchanges(name: str, dataset: Dataset, random: Random) -> Iterator[Exchange]:
    """The endless traffic of the scenario called `name`; only requests that write are made anew each time."""
    traffic = scenarios[name].traffic(dataset, random)
    if scenarios[name].writes:
        yield from traffic
    made = list(islice(traffic, CYCLE))
    while True:
        yield from made


@cache
def depends_on_rows(name: str, dataset: Dataset) -> bool:
    """Whether the right answer to the same request is another one when the tables hold one user more."""
    few, more = (_answers(scenarios[name], one) for one in (dataset, replace(dataset, count=dataset.count + 1)))
    shared = few.keys() & more.keys()
    return not shared or any(few[request] != more[request] for request in shared)


def _answers(scenario: Scenario, dataset: Dataset) -> dict[str, object]:
    """The right answer to each of some requests, by all that tells requests apart."""
    return {repr(one.request): one.expected.json for one in islice(scenario.traffic(dataset, Random(0)), _PROBE)}


def with_token(exchange: Exchange, token: str) -> Exchange:
    """The exchange with this token where it has one; whose it is nobody here knows, so any JSON is then right."""
    if not any(name.lower() == "authorization" for name in exchange.request.headers):
        return exchange
    headers = {**exchange.request.headers, "Authorization": f"Token {token}"}
    return Exchange(
        request=replace(exchange.request, headers=headers), expected=replace(exchange.expected, json=ANYTHING)
    )


def with_delay(exchange: Exchange, delay_ms: int) -> Exchange:
    """The exchange with this value for its parameter `delay_ms`, where it has one, asked for and echoed."""
    path, _, query = exchange.request.path.partition("?")
    names = [part.partition("=")[0] for part in query.split("&")]
    answer = exchange.expected.json
    if "delay_ms" not in names or not isinstance(answer, dict):
        return exchange
    parts = [f"delay_ms={delay_ms}" if part.startswith("delay_ms=") else part for part in query.split("&")]
    request = replace(exchange.request, path=f"{path}?{'&'.join(parts)}")
    return Exchange(request=request, expected=replace(exchange.expected, json={**answer, "delay_ms": delay_ms}))


class Checker:
    """Says what is wrong with answers: the status of every one, the body of a share `rate` of them, chosen at random.

    With `shape_of` true for an exchange's scenario, its bodies need the contract's keys and types only.
    """

    def __init__(self, *, rate: float, shape_of: Callable[[str], bool], random: Random) -> None:
        self._rate = rate
        self._shape_of = shape_of
        self._random = random
        self._right: dict[int, tuple[Expected, bytes]] = {}
        self._kept = 0

    def difference(self, scenario: str, expected: Expected, reply: Reply) -> str | None:
        """What is wrong, in a sentence; None when nothing is or the body was not chosen."""
        if reply.status != expected.status:
            return f"status {reply.status} instead of {expected.status}"
        if self._rate < 1 and self._random.random() >= self._rate:
            return None
        known = self._right.get(id(expected))
        if known is not None and known[1] == reply.body:
            return None
        found = self._parsed(scenario, expected, reply)
        if found is None:
            self._keep(expected, reply.body)
        return found

    def _parsed(self, scenario: str, expected: Expected, reply: Reply) -> str | None:
        if not self._shape_of(scenario):
            return expected.difference(reply)
        return replace(expected, json=ANYTHING).difference(reply) or shape_difference(
            expected.json, json.loads(reply.body)
        )

    def _keep(self, expected: Expected, body: bytes) -> None:
        if self._kept + len(body) <= KEPT_BYTES and id(expected) not in self._right:
            self._kept += len(body)
            self._right[id(expected)] = (expected, body)  # holds `expected`, so that its id stays its own


def shape_difference(wanted: Any, got: Any, where: str = "$") -> str | None:
    """The first place where two JSON values differ in keys or types, as a sentence.

    Below the top null fits everywhere, and for an object or a list an empty one: rows of others may lack a value.
    """
    if wanted is ANYTHING or (where != "$" and (wanted is None or got is None)):
        return None
    if type(wanted) is not type(got):
        return f"{where}: {type(got).__name__} instead of {type(wanted).__name__}"
    if where != "$" and got in ({}, []):
        return None
    if isinstance(wanted, dict):
        if wanted.keys() != got.keys():
            return f"{where}: keys {sorted(got)} instead of {sorted(wanted)}"
        pairs = ((f"{where}.{key}", wanted[key], got[key]) for key in wanted)
    elif isinstance(wanted, list) and wanted:
        pairs = ((f"{where}[{index}]", wanted[0], one) for index, one in enumerate(got))
    else:
        return None
    return next((found for place, one, other in pairs if (found := shape_difference(one, other, place))), None)
