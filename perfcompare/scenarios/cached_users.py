"""A cached list that is right again at once after a write."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from random import Random

from perfcompare.core.dataset import Dataset
from perfcompare.core.http import Expected
from perfcompare.core.limits import CACHED_PAGE_SIZE, MAX_PAGE
from perfcompare.core.scenario import Case, Exchange, Scenario
from perfcompare.scenarios._inputs import bad_integers, get, wrong_methods
from perfcompare.scenarios._rows import rows
from perfcompare.scenarios._schemas import NUMBER, SUMMARY, array, fields, integer

PAGES = 10


@lru_cache(maxsize=2 * PAGES)
def page(dataset: Dataset, number: int) -> Exchange:
    """The request for page `number` (from 1) and its answer."""
    first = (number - 1) * CACHED_PAGE_SIZE + 1
    users = (rows(dataset).user(one) for one in range(first, min(first + CACHED_PAGE_SIZE, dataset.count + 1)))
    results = [{"id": one.id, "name": one.name, "email": one.email} for one in users]
    body = {"count": dataset.count, "page": number, "results": results}
    return Exchange(request=get(f"cached-users?page={number}"), expected=Expected(json=body))


def traffic(dataset: Dataset, random: Random) -> Iterator[Exchange]:
    """The first pages in random order."""
    last = max(1, min(PAGES, dataset.count // CACHED_PAGE_SIZE))
    while True:
        yield page(dataset, random.randint(1, last))


def cases(dataset: Dataset) -> Sequence[Case]:
    """Pages computed and cached, a page past the end, and what is no page."""
    first = page(dataset, 1)
    past = page(dataset, MAX_PAGE)
    return [
        Case(name="computed", request=first.request, expected=first.expected),
        Case(name="cached", request=first.request, expected=first.expected),
        Case(name="no parameter is page 1", request=get("cached-users"), expected=first.expected),
        Case(name="past the end", request=past.request, expected=past.expected),
        *bad_integers("cached-users", "page", lowest=1, highest=MAX_PAGE),
        *wrong_methods("cached-users", allowed="GET", methods=("POST", "DELETE")),
    ]


SCENARIO = Scenario(
    summary="100 users from a cached page",
    exercises="a generation look-up and a cached list from Redis",
    route="GET cached-users?page=1",
    traffic=traffic,
    cases=cases,
    statements=0,
    weight=3,
    parameters=[integer("page", lowest=1, highest=MAX_PAGE, default=1)],
    shape=fields(count=NUMBER, page=NUMBER, results=array(SUMMARY)),
    troubles=[503],
    answer=lambda dataset, values: page(dataset, values["page"]).expected,
)
