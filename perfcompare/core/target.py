"""A target: what is measured. Its requests and right answers, its servers, and the data that it answers from.

The runner knows targets and nothing else of what it measures: perfcompare/targets/ has them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Protocol

from perfcompare.core.dataset import Dataset
from perfcompare.core.http import Reply, Request
from perfcompare.core.measurement import Cell
from perfcompare.core.scenario import Case, Exchange, nothing


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """One scenario of a target, on the data that the target has."""

    traffic: Callable[[Random], Iterator[Exchange]]
    """The endless stream of requests of a timed run, each with its right answer."""
    cases: Callable[[], Sequence[Case]]
    """Every good and bad input that is checked."""
    aftermath: Callable[[Request, Reply], Sequence[Exchange]] = nothing
    """What must hold after a right reply."""
    writes: bool = False
    """Whether the traffic changes the data: its requests can be sent once, and the data is restored afterwards."""


@dataclass(frozen=True, kw_only=True)
class Program:
    """A server program with one stack of a target: all that it takes to start it."""

    label: str
    """For messages: `drf on uvicorn`."""
    command: Callable[[int], Sequence[str]]
    """Its argument vector, from the port that it is to listen on at 127.0.0.1."""
    environ: Mapping[str, str]
    """Its whole environment."""
    prefix: str = "/"
    """The path under which all requests lie, with both slashes."""
    keeps_alive: bool = True
    """Whether it answers several requests on one connection."""


class Target(Protocol):
    """What a run measures. It was prepared for this run: its services run, and its data is there."""

    @property
    def environ(self) -> Mapping[str, str]:
        """What its servers are told: DATABASE_URL and the like."""

    @property
    def data(self) -> Dataset:
        """What its requests are about: another process makes the same ones from it."""

    def endpoint(self, scenario: str) -> Endpoint:
        """The requests and right answers of a scenario; KeyError for an unknown one."""

    def program(
        self, stack: str, server: str, *, workers: int = 1, threads: int = 8, told: Mapping[str, str] | None = None
    ) -> Program:
        """How a server is started with a stack, a step of its ladder or a variant; `told` is added to its environment.

        Raises UsageError when the two do not fit or do not exist, EnvironmentProblem when packages are missing.
        """

    def statements(self, cell: Cell) -> int:
        """How many SQL statements one answer of the cell's traffic may take."""

    def restore(self) -> None:
        """Undo what requests did to the data; EnvironmentProblem when that is impossible."""
