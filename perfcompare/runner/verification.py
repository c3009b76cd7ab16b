"""Checks the answers of a running server to a scenario, before and after every load."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from random import Random

from perfcompare.core.scenario import Exchange
from perfcompare.core.target import Endpoint
from perfcompare.runner.client import Client


def check(client: Client, prefix: str, endpoint: Endpoint, *, sample: int, every_case: bool = True) -> str | None:
    """The first wrong answer in a sentence, or None: `sample` requests of the traffic, and every good case.

    It also checks what must hold after each of them. OSError when the server does not answer.
    """
    chosen = _exchanges(endpoint, sample, every_case)
    differences = (difference(client, prefix, endpoint, exchange) for exchange in chosen)
    return next((found for found in differences if found is not None), None)


def difference(client: Client, prefix: str, endpoint: Endpoint, exchange: Exchange) -> str | None:
    """What is wrong with the answer to one exchange, or with what must hold after it; None when all is right."""
    reply = client.send(exchange.request, prefix)
    found = _sentence(exchange, prefix, exchange.expected.difference(reply))
    if found is not None or exchange.expected.status >= 400:
        return found
    for after in endpoint.aftermath(exchange.request, reply):
        found = _sentence(after, prefix, after.expected.difference(client.send(after.request, prefix)))
        if found is not None:
            return f"after {exchange.request.method} {prefix}{exchange.request.path}, {found}"
    return None


def _exchanges(endpoint: Endpoint, sample: int, every_case: bool) -> Iterator[Exchange]:
    for case in endpoint.cases() if every_case else ():
        if case.expected.status < 400:
            yield Exchange(request=case.request, expected=case.expected)
    # Unseeded: a writing scenario must not create users again that an earlier check or the load created.
    yield from islice(endpoint.traffic(Random()), sample)


def _sentence(exchange: Exchange, prefix: str, found: str | None) -> str | None:
    return None if found is None else f"{exchange.request.method} {prefix}{exchange.request.path}: {found}"
