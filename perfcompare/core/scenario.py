"""A scenario: one endpoint's contract and the traffic that loads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal

from perfcompare.core.dataset import Dataset
from perfcompare.core.http import NOTHING, Expected, Reply, Request

Schema = Mapping[str, Any]
"""A JSON Schema (https://json-schema.org)."""


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """A request and the reply it must get."""

    request: Request
    expected: Expected


@dataclass(frozen=True, kw_only=True)
class Case:
    """A named exchange of the contract: one good or bad input."""

    name: str
    request: Request
    expected: Expected


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """An input in the path or in the query string. One with a default may be left out; an array may be repeated."""

    name: str
    schema: Schema
    where: Literal["path", "query"] = "query"


def nothing(_request: Request, _reply: Reply) -> Sequence[Exchange]:
    """The aftermath of a request that changes nothing."""
    return ()


def unstated(_dataset: Dataset, _values: Mapping[str, Any]) -> Expected:
    """For a scenario whose answers its cases alone state."""
    raise NotImplementedError("This scenario states no answer to drawn inputs.")


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """One endpoint, as every stack must serve it."""

    summary: str
    """What the answer is, in a few words."""
    exercises: str
    """What a figure of this scenario measures."""
    route: str
    """Method and path for people, e.g. `GET users/{id}`."""
    traffic: Callable[[Dataset, Random], Iterator[Exchange]]
    """The endless stream of requests of a timed run, each with its right answer."""
    cases: Callable[[Dataset], Sequence[Case]]
    """Every good and bad input that the contract fixes."""
    statements: int
    """SQL statements that one answer of `traffic` takes, caches warm."""
    writes: bool = False
    """Whether the traffic changes the database, which is then restored after each cell."""
    aftermath: Callable[[Request, Reply], Sequence[Exchange]] = nothing
    """What must hold after a right reply: the invariants of a write."""
    connections: int = 32
    """The default number of connections: few where an answer is dear, because each request waits for all others."""
    weight: int = 1
    """The share of this request in a mixed journey, relative to the other scenarios."""
    parameters: Sequence[Parameter] = ()
    """What the path and the query string hold."""
    body: Schema | None = None
    """The JSON body of the request."""
    token: bool = False
    """Whether the request needs the token of a user."""
    shape: Schema = field(default_factory=lambda: NOTHING)
    """The right answer, as every value of it is described."""
    troubles: Sequence[int] = ()
    """The errors of the services that it needs, which no case can bring about."""
    answer: Callable[[Dataset, Mapping[str, Any]], Expected] = unstated
    """The right reply to valid inputs: a value for each parameter, the fields of the body, and the `token`."""

    @property
    def method(self) -> str:
        """The method of its route."""
        return self.route.partition(" ")[0]

    @property
    def path(self) -> str:
        """The path of its route, without a query string."""
        return self.route.partition(" ")[2].partition("?")[0]
