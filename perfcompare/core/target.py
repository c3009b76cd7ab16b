"""A target: what is measured. It has requests and right answers, servers, and the data for the answers.

The runner knows only this interface. perfcompare/targets/ has the targets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final, Protocol

from perfcompare.core.dataset import Dataset
from perfcompare.core.http import Reply, Request
from perfcompare.core.lever import Lever
from perfcompare.core.measurement import Cell
from perfcompare.core.scenario import Case, Exchange, Scenario, nothing
from perfcompare.core.stack import Stack

REFERENCE: Final = "fastapi"
"""The stack with which every other one is compared."""
FLOOR: Final = "floor"
"""The bare limit: a stack without a framework."""
CEILING: Final = "simple"
"""Its scenario that asks nobody: the most that server and generator can do together."""


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
    """Everything needed to start a server program with one stack of a target."""

    label: str
    """For messages: `drf on uvicorn`."""
    command: Callable[[int], Sequence[str]]
    """Its argument vector, for a port at 127.0.0.1."""
    environ: Mapping[str, str]
    """Its whole environment."""
    prefix: str = "/"
    """The path under which all requests lie, with both slashes."""
    keeps_alive: bool = True
    """Whether it answers several requests on one connection."""
    health: str = "health"
    """The path, from the root, at which it answers with its nonce and facts about its process."""
    folder: Path | None = None
    """Its working directory; None for one of its own, in which nothing can be found by accident."""


@dataclass(frozen=True, kw_only=True)
class Demand:
    """What an act made the servers ask of their services, as the services tell it."""

    cache: Mapping[str, int]
    """How often each command was given to the cache; those that look after a connection are left out."""
    database: bool
    """Whether the database was asked anything, by a client that is still connected."""

    def __str__(self) -> str:
        commands = ", ".join(f"{number} x {name}" for name, number in sorted(self.cache.items())) or "nothing"
        return f"{commands} of the cache and {'something' if self.database else 'nothing'} of the database"


Meter = Callable[[Callable[[], object]], Demand]
"""The demand of an act. Nobody else must ask the services meanwhile."""


@dataclass(frozen=True, kw_only=True)
class Catalog:
    """What a target offers. Reading it needs no service and no prepared target, so reports on stored runs use it."""

    scenarios: Mapping[str, Scenario]
    stacks: Mapping[str, Stack]
    """Steps and variants are found here too."""
    levers: Mapping[str, Lever]

    def levers_of(self, stack: str) -> tuple[Lever, ...]:
        """The levers of a stack, in the order of its ladder; none for an unknown stack."""
        known = self.stacks.get(stack)
        return tuple(self.levers[name] for name in known.levers) if known else ()


class Target(Protocol):
    """What a run measures, prepared for this run: its services run, and its data is there."""

    @property
    def name(self) -> str:
        """Its module or package in perfcompare/targets/, under which runs are stored and its catalog is found."""

    @property
    def environ(self) -> Mapping[str, str]:
        """The environment of its servers: DATABASE_URL and the like, as far as services are known."""

    @property
    def data(self) -> Dataset:
        """The data behind its requests. Another process makes the same requests from it."""

    def endpoint(self, scenario: str) -> Endpoint:
        """The requests and right answers of a scenario; KeyError for an unknown one."""

    def program(
        self, stack: str, server: str, *, workers: int = 1, threads: int = 8, told: Mapping[str, str] | None = None
    ) -> Program:
        """How a server is started with a stack, a step of its ladder or a variant; `told` is added to its environment.

        Raises UsageError when the two do not fit or do not exist, EnvironmentProblem when packages are missing.
        """

    def statements(self, cell: Cell) -> int | None:
        """How many SQL statements one answer of the cell's traffic may take; None where nobody has declared it."""

    def ailing(self) -> str | None:
        """A sentence about a service of its servers that does not answer now; None when all do."""

    def meter(self) -> AbstractContextManager[Meter | None]:
        """A meter of its services; None where it does not know them. Both raise EnvironmentProblem when they fail."""

    def restore(self) -> None:
        """Undo what requests did to the data; EnvironmentProblem when that is impossible."""
