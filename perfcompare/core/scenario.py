"""A scenario: one endpoint's contract and the traffic that loads it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random

from perfcompare.core.dataset import Dataset
from perfcompare.core.http import Expected, Reply, Request


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


def nothing(_request: Request, _reply: Reply) -> Sequence[Exchange]:
    """The aftermath of a request that changes nothing."""
    return ()


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
