"""Typed query parameters, echoed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

from perfcompare.core.dataset import Dataset
from perfcompare.core.http import Expected
from perfcompare.core.limits import DEFAULT_LIMIT, MAX_ID, MAX_LIMIT, MAX_TAG_LENGTH, MAX_TAGS, PLAIN_TEXT
from perfcompare.core.scenario import Case, Exchange, Parameter, Scenario
from perfcompare.scenarios._inputs import bad_integers, escaped, get, invalid, wrong_methods
from perfcompare.scenarios._schemas import NUMBER, TEXT, array, fields, integer


def echo(skip: int = 0, limit: int = DEFAULT_LIMIT, tags: Sequence[str] = ()) -> Expected:
    """The answer: the values with their types."""
    return Expected(json={"skip": skip, "limit": limit, "tags": list(tags)})


def traffic(_dataset: Dataset, random: Random) -> Iterator[Exchange]:
    """Changing numbers and two tags."""
    while True:
        skip, limit = random.randrange(10_000), random.randint(1, MAX_LIMIT)
        request = get(f"items?skip={skip}&limit={limit}&tags=a&tags=b")
        yield Exchange(request=request, expected=echo(skip, limit, ["a", "b"]))


def cases(_dataset: Dataset) -> Sequence[Case]:
    """Defaults, limits, and values of the wrong type."""
    many = "&".join(["tags=x"] * MAX_TAGS)
    mixed = ["b", "a", "b"]
    text = "ü &=%\"'<"
    return [
        Case(name="no parameters", request=get("items"), expected=echo()),
        Case(name="all parameters", request=get("items?skip=5&limit=7&tags=a"), expected=echo(5, 7, ["a"])),
        Case(name="tags keep their order", request=get("items?tags=b&tags=a&tags=b"), expected=echo(tags=mixed)),
        Case(name="tags of any text", request=get(f"items?tags={escaped(text)}"), expected=echo(tags=[text])),
        Case(name="as many tags as allowed", request=get(f"items?{many}"), expected=echo(tags=["x"] * MAX_TAGS)),
        *bad_integers("items", "skip", lowest=0, highest=MAX_ID),
        *bad_integers("items", "limit", lowest=1, highest=MAX_LIMIT),
        invalid("one tag too many", get(f"items?{many}&tags=x"), "tags"),
        invalid("an empty tag", get("items?tags="), "tags"),
        invalid("a tag too long", get(f"items?tags={'x' * (MAX_TAG_LENGTH + 1)}"), "tags"),
        invalid("a tag with NUL", get("items?tags=a%00b"), "tags"),
        *wrong_methods("items", allowed="GET", methods=("POST", "DELETE")),
    ]


def answer(_dataset: Dataset, values: Mapping[str, Any]) -> Expected:
    """What was sent."""
    return echo(values["skip"], values["limit"], values["tags"])


TAG = {"type": "string", "minLength": 1, "maxLength": MAX_TAG_LENGTH, "pattern": PLAIN_TEXT}
SCENARIO = Scenario(
    summary="echo of validated query parameters",
    exercises="parsing and validating a query string",
    route="GET items?skip=0&limit=100&tags=a&tags=b",
    traffic=traffic,
    cases=cases,
    statements=0,
    weight=2,
    parameters=[
        integer("skip", lowest=0, highest=MAX_ID, default=0),
        integer("limit", lowest=1, highest=MAX_LIMIT, default=DEFAULT_LIMIT),
        Parameter(name="tags", schema=array(TAG, maxItems=MAX_TAGS, default=[])),
    ],
    shape=fields(skip=NUMBER, limit=NUMBER, tags=array(TEXT)),
    answer=answer,
)
