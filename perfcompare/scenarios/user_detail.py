"""One row by primary key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

from perfcompare.core.dataset import Dataset
from perfcompare.core.http import Expected, Request
from perfcompare.core.limits import MAX_ID
from perfcompare.core.scenario import Case, Exchange, Parameter, Scenario
from perfcompare.scenarios._inputs import NOT_INTEGERS, error, get, invalid, wrong_methods
from perfcompare.scenarios._rows import rows
from perfcompare.scenarios._schemas import SUMMARY


def exchange(dataset: Dataset, user_id: int) -> Exchange:
    """The request for the seeded user `user_id` and its answer."""
    user = rows(dataset).user(user_id)
    body = {"id": user.id, "name": user.name, "email": user.email}
    return Exchange(request=get(f"users/{user_id}"), expected=Expected(json=body))


def traffic(dataset: Dataset, random: Random) -> Iterator[Exchange]:
    """Users at random, so that nothing can be answered from memory."""
    while True:
        yield exchange(dataset, random.randint(1, dataset.count))


def cases(dataset: Dataset) -> Sequence[Case]:
    """Known, unknown and impossible ids."""
    known = {"the first user": 1, "the last user": dataset.count}
    impossible = {
        **NOT_INTEGERS, "zero": "0", "negative": "-1",
        "2**63": str(MAX_ID + 1), "SQL": "1%20OR%201=1",
    }  # fmt: skip
    return [
        *(Case(name=name, request=one.request, expected=one.expected) for name, one in _exchanges(dataset, known)),
        error("an id nobody has", get(f"users/{dataset.count + 1}"), 404),
        error("the largest id", get(f"users/{MAX_ID}"), 404),
        *(invalid(f"the id is {name}", get(f"users/{value}"), "id") for name, value in impossible.items() if value),
        *wrong_methods("users/1", allowed="GET", methods=("POST", "PUT", "PATCH", "DELETE")),
        Case(
            name="DELETE of an impossible id is not allowed",
            request=Request(method="DELETE", path="users/abc"),
            expected=Expected(status=405, headers={"allow": "GET"}),
        ),
    ]


def _exchanges(dataset: Dataset, ids: dict[str, int]) -> Iterator[tuple[str, Exchange]]:
    for name, user_id in ids.items():
        yield name, exchange(dataset, user_id)


def answer(dataset: Dataset, values: Mapping[str, Any]) -> Expected:
    """The user, or 404."""
    known = values["id"] <= dataset.count
    return exchange(dataset, values["id"]).expected if known else Expected(status=404)


SCENARIO = Scenario(
    summary="one user by primary key",
    exercises="one small query: connection handling, the ORM's fixed cost, one small object",
    route="GET users/{id}",
    traffic=traffic,
    cases=cases,
    statements=1,
    weight=10,
    parameters=[Parameter(name="id", where="path", schema={"type": "integer", "minimum": 1, "maximum": MAX_ID})],
    shape=SUMMARY,
    troubles=[503],
    answer=answer,
)
