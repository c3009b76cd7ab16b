"""A heavy computation behind a cache."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import repeat
from random import Random

from perfcompare.core.dataset import Dataset
from perfcompare.core.http import Expected
from perfcompare.core.scenario import Case, Exchange, Scenario
from perfcompare.scenarios._inputs import get, wrong_methods
from perfcompare.scenarios._schemas import NUMBER, fields
from perfcompare.work import expensive


@cache
def result() -> Exchange:
    """The request and the computation's result."""
    return Exchange(request=get("expensive"), expected=Expected(json=expensive.compute()))


def traffic(_dataset: Dataset, _random: Random) -> Iterator[Exchange]:
    """The one request, for ever."""
    return repeat(result())


def cases(_dataset: Dataset) -> Sequence[Case]:
    """Computed and cached must be the same."""
    right = result()
    return [
        Case(name="computed", request=right.request, expected=right.expected),
        Case(name="cached", request=right.request, expected=right.expected),
        *wrong_methods("expensive", allowed="GET", methods=("POST", "DELETE")),
    ]


SCENARIO = Scenario(
    summary="the cached result of a heavy computation",
    exercises="reading a cached answer from Redis (the computation itself runs once)",
    route="GET expensive",
    traffic=traffic,
    cases=cases,
    statements=0,
    weight=1,
    shape=fields(below=NUMBER, primes=NUMBER, largest=NUMBER, checksum=NUMBER),
    answer=lambda _dataset, _values: result().expected,
)
