"""A token and a permission."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from random import Random
from typing import Any

from perfcompare.core.dataset import Dataset
from perfcompare.core.http import Expected
from perfcompare.core.scenario import Case, Exchange, Scenario
from perfcompare.scenarios._inputs import error, get, wrong_methods
from perfcompare.scenarios._rows import rows
from perfcompare.scenarios._schemas import TEXT, fields

CHALLENGE = {"www-authenticate": "Token"}


def exchange(dataset: Dataset, user_id: int) -> Exchange:
    """The request with the token of the seeded user `user_id`."""
    user = rows(dataset).user(user_id)
    request = get("protected", Authorization=f"Token {user.token}")
    return Exchange(request=request, expected=Expected(json={"user": user.name}))


def traffic(dataset: Dataset, random: Random) -> Iterator[Exchange]:
    """Users with a token, at random."""
    while True:
        yield exchange(dataset, random.randint(1, rows(dataset).tokens_count))


def cases(dataset: Dataset) -> Sequence[Case]:
    """The right token, and every way not to have one."""
    right = exchange(dataset, 1)
    token = rows(dataset).user(1).token
    refused = {
        "an unknown token": f"Token {'0' * 40}", "another scheme": f"Bearer {token}", "no token": "Token",
        "two tokens": f"Token {token} {token}", "half a token": f"Token {str(token)[:20]}",
        "a token with quotes": "Token ' OR 1=1 --", "only a token": f"{token}", "bytes that are no ASCII": "Token é",
    }  # fmt: skip
    return [
        Case(name="a token", request=right.request, expected=right.expected),
        *(
            Case(name=what, request=get("protected", Authorization=f"{before}{token}"), expected=right.expected)
            for what, before in {"the scheme in small letters": "token ", "several blanks": "Token   "}.items()
        ),
        error("no header", get("protected"), 401, CHALLENGE),
        *(error(what, get("protected", Authorization=value), 401, CHALLENGE) for what, value in refused.items()),
        # With a token: a stack may ask who it is before it looks at the method.
        *wrong_methods("protected", allowed="GET", methods=("POST", "DELETE"), headers=right.request.headers),
    ]


@lru_cache(maxsize=16)
def _names(dataset: Dataset) -> Mapping[str | None, str]:
    users = (rows(dataset).user(one) for one in range(1, rows(dataset).tokens_count + 1))
    return {user.token: user.name for user in users}


def answer(dataset: Dataset, values: Mapping[str, Any]) -> Expected:
    """The name of the owner of the `token`, or 401."""
    name = _names(dataset).get(values["token"])
    return Expected(status=401, headers=CHALLENGE) if name is None else Expected(json={"user": name})


SCENARIO = Scenario(
    summary="the user's name, for a valid token",
    exercises="authentication (one joined query) and a permission",
    route="GET protected",
    traffic=traffic,
    cases=cases,
    statements=1,
    weight=5,
    token=True,
    shape=fields(user=TEXT),
    troubles=[503],
    answer=answer,
)
