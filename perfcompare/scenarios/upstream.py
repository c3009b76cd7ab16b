"""Waiting on another service: where async pays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat
from random import Random
from typing import Any

from perfcompare.core.dataset import Dataset
from perfcompare.core.http import Expected
from perfcompare.core.limits import DEFAULT_DELAY_MS, MAX_DELAY_MS, UPSTREAM_TIMEOUT_S
from perfcompare.core.scenario import Case, Exchange, Scenario
from perfcompare.scenarios._inputs import bad_integers, error, get, wrong_methods
from perfcompare.scenarios._schemas import NUMBER, TEXT, fields, integer


def delayed(delay_ms: int) -> Exchange:
    """The request for an answer after `delay_ms` milliseconds."""
    body = {"delay_ms": delay_ms, "source": "upstream"}
    return Exchange(request=get(f"upstream?delay_ms={delay_ms}"), expected=Expected(json=body))


def traffic(_dataset: Dataset, _random: Random) -> Iterator[Exchange]:
    """The default delay, for ever."""
    return repeat(delayed(DEFAULT_DELAY_MS))


def cases(_dataset: Dataset) -> Sequence[Case]:
    """At once, after a while, too late."""
    good = {"at once": delayed(0), "after a while": delayed(DEFAULT_DELAY_MS)}
    too_late = get(f"upstream?delay_ms={int(UPSTREAM_TIMEOUT_S * 1000) + 1500}")
    return [
        *(Case(name=name, request=one.request, expected=one.expected) for name, one in good.items()),
        Case(name="the default delay", request=get("upstream"), expected=delayed(DEFAULT_DELAY_MS).expected),
        error("slower than the time limit", too_late, 504),
        *bad_integers("upstream", "delay_ms", lowest=0, highest=MAX_DELAY_MS),
        *wrong_methods("upstream", allowed="GET", methods=("POST", "DELETE")),
    ]


def answer(_dataset: Dataset, values: Mapping[str, Any]) -> Expected:
    """What the service answers, or 504 when it takes too long."""
    in_time = values["delay_ms"] < UPSTREAM_TIMEOUT_S * 1000
    return delayed(values["delay_ms"]).expected if in_time else Expected(status=504)


SCENARIO = Scenario(
    summary="what another service answers after 50 ms",
    exercises="waiting: how many requests can wait at the same time, and what waiting costs",
    route="GET upstream?delay_ms=50",
    traffic=traffic,
    cases=cases,
    statements=0,
    weight=1,
    parameters=[integer("delay_ms", lowest=0, highest=MAX_DELAY_MS, default=DEFAULT_DELAY_MS)],
    shape=fields(delay_ms=NUMBER, source=TEXT),
    troubles=[502, 504],
    answer=answer,
)
