"""A thousand nested objects: query, prefetch, serialise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from random import Random
from typing import Any

from perfcompare.core.dataset import Dataset
from perfcompare.core.http import Expected, Request
from perfcompare.core.limits import DEFAULT_LIMIT, MAX_LIMIT, MAX_OFFSET
from perfcompare.core.scenario import Case, Exchange, Scenario
from perfcompare.scenarios._inputs import bad_integers, get, invalid, wrong_methods
from perfcompare.scenarios._rows import rows
from perfcompare.scenarios._schemas import MOMENT, NUMBER, SUMMARY, TEXT, array, fields, integer
from users.dataset import SeededUser, isoformat


def _json(user: SeededUser) -> dict[str, object]:
    addresses = [{"street": one.street, "city": one.city, "country": one.country} for one in user.addresses]
    return {
        "id": user.id,
        "name": user.name,
        "email": user.email,
        "created_at": isoformat(user.created_at),
        "addresses": addresses,
        "metadata": user.metadata,
    }


@lru_cache(maxsize=16)
def page(dataset: Dataset, limit: int, offset: int) -> Expected:
    """The answer for one page of the seeded users; a page past the end is empty."""
    seeded = rows(dataset)
    ids = range(offset + 1, min(offset + limit, seeded.count) + 1)
    return Expected(json={"count": seeded.count, "results": [_json(seeded.user(one)) for one in ids]})


def traffic(dataset: Dataset, random: Random) -> Iterator[Exchange]:
    """The first thousands of users, page by page in random order."""
    pages = max(1, min(10, dataset.count // MAX_LIMIT))
    while True:
        offset = random.randrange(pages) * MAX_LIMIT
        request = get(f"users?limit={MAX_LIMIT}&offset={offset}")
        yield Exchange(request=request, expected=page(dataset, MAX_LIMIT, offset))


def cases(dataset: Dataset) -> Sequence[Case]:
    """Pages at the edges, and everything that must not return the whole table."""
    last = dataset.count - 1
    good: dict[str, tuple[Request, Expected]] = {
        "no parameters": (get("users"), page(dataset, DEFAULT_LIMIT, 0)),
        "a small page": (get("users?limit=3&offset=5"), page(dataset, 3, 5)),
        "the largest page": (get(f"users?limit={MAX_LIMIT}"), page(dataset, MAX_LIMIT, 0)),
        "the last user": (get(f"users?limit=10&offset={last}"), page(dataset, 10, last)),
        "past the end": (get(f"users?offset={MAX_OFFSET}"), page(dataset, 1, MAX_OFFSET)),
    }
    return [
        *(Case(name=name, request=request, expected=expected) for name, (request, expected) in good.items()),
        *bad_integers("users", "limit", lowest=1, highest=MAX_LIMIT),
        *bad_integers("users", "offset", lowest=0, highest=MAX_OFFSET),
        invalid("both parameters are bad", get("users?limit=0&offset=-1"), "limit", "offset"),
        *wrong_methods("users", allowed="GET, POST", methods=("PUT", "PATCH", "DELETE")),
    ]


def answer(dataset: Dataset, values: Mapping[str, Any]) -> Expected:
    """The page."""
    return page(dataset, values["limit"], values["offset"])


ADDRESS = fields(street=TEXT, city=TEXT, country=TEXT)
USER = fields(**SUMMARY["properties"], created_at=MOMENT, addresses=array(ADDRESS), metadata={"type": "object"})
SCENARIO = Scenario(
    summary="1000 users with addresses and metadata",
    exercises="reading many rows, related objects, serialising a large body",
    route="GET users?limit=1000&offset=0",
    traffic=traffic,
    cases=cases,
    statements=3,
    connections=2,
    weight=3,
    parameters=[
        integer("limit", lowest=1, highest=MAX_LIMIT, default=DEFAULT_LIMIT),
        integer("offset", lowest=0, highest=MAX_OFFSET, default=0),
    ],
    shape=fields(count=NUMBER, results=array(USER)),
    troubles=[503],
    answer=answer,
)
