"""A constant: what is left is the framework and the server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import repeat
from random import Random

from perfcompare.core.dataset import Dataset
from perfcompare.core.http import Expected, Request
from perfcompare.core.scenario import Case, Exchange, Scenario
from perfcompare.scenarios._inputs import error, get, wrong_methods
from perfcompare.scenarios._schemas import TEXT, fields

BODY = {"message": "Hello World", "status": "success"}
HELLO = Exchange(request=Request(path="simple"), expected=Expected(json=BODY))


def traffic(_dataset: Dataset, _random: Random) -> Iterator[Exchange]:
    """The one request, for ever."""
    return repeat(HELLO)


def cases(_dataset: Dataset) -> Sequence[Case]:
    """The answer, and what concerns no endpoint in particular: unknown paths, methods, hosts."""
    return [
        Case(name="hello", request=HELLO.request, expected=HELLO.expected),
        Case(name="an unknown query parameter is ignored", request=get("simple?x=1"), expected=HELLO.expected),
        Case(name="Accept is ignored", request=get("simple", Accept="text/html"), expected=HELLO.expected),
        Case(name="a dot ends the host", request=get("simple", Host="localhost."), expected=HELLO.expected),
        error("an unknown path", get("nothing-here"), 404),
        error("a trailing slash is another path", get("simple/"), 404),
        error("a foreign host", get("simple", Host="attacker.example"), 400),
        *wrong_methods("simple", allowed="GET", methods=("POST", "PUT", "PATCH", "DELETE")),
    ]


SCENARIO = Scenario(
    summary="a constant JSON object",
    exercises="framework and server overhead alone",
    route="GET simple",
    traffic=traffic,
    cases=cases,
    statements=0,
    weight=2,
    shape=fields(message=TEXT, status=TEXT),
    answer=lambda _dataset, _values: HELLO.expected,
)
