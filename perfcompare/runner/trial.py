"""A trial: one measurement of one cell in one round. Sequential measurements and those in turns share it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from perfcompare.core.errors import EnvironmentProblem, PerfcompareError, WrongAnswerError
from perfcompare.core.measurement import Work
from perfcompare.core.target import Endpoint, Program, Target
from perfcompare.runner import orphans, recount
from perfcompare.runner.client import Client
from perfcompare.runner.collector import Collections
from perfcompare.runner.pinning import Placement
from perfcompare.runner.plan import PlannedTrial
from perfcompare.runner.processes import ServerProcess
from perfcompare.runner.verification import check
from perfcompare.runner.work_counter import WorkCounter

SAMPLE: Final = 5
"""How many requests of the traffic are checked before the load, and again after it."""
SPARSE: Final = 1
"""The same when the cases are not checked: bodies are compared under load as well."""


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """What all trials of a run have in common."""

    target: Target
    """What is measured."""
    generator: str
    """Its name; not used in turns."""
    folder: Path
    """In it, each trial makes its own folder for logs and raw samples."""
    seconds: float
    """Length of a window; in turns, the time of each server of a scenario."""
    warmup_s: float
    """The longest warm-up; it ends as soon as the cost of an answer is steady."""
    in_turns: bool = False
    """Whether the stacks of a scenario are loaded in turns: runner/turns."""
    seconds_of: Mapping[str, float] = field(default_factory=dict)
    """In turns: the time of each server of a scenario by its name, where it is another one."""
    turns: int = 12
    """Of the cheapest server of a scenario, because disturbances affect only some turns. Where answers are dear, they
    take longer than `seconds`."""
    references: frozenset[str] = frozenset()
    """Stacks whose answers are right as they are. A wrong one of these costs its scenario, and not the stack."""
    first_s: float = 0.1
    """How long first requests are sent, for each scenario of a server: runner/turns/first_requests.py. By default long
    enough that every thread of a server answers at least once."""
    workers: int = 1
    threads: int = 8
    seed: int = 0
    """Seed and round choose the requests: within a round every stack gets the same ones."""


Who = tuple[str, str]
"""A stack and a server."""


class ServerError(PerfcompareError):
    """Raised when the server of a trial does not answer."""


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """The machine as a trial finds it."""

    placement: Placement
    services: Mapping[str, int]
    """Role to root process of each embedded service."""
    all_known: bool
    """Whether every service is embedded."""
    counter: WorkCounter = field(default_factory=WorkCounter)
    """Remembers the work of a request of each stack."""
    collections: dict[Who, Collections] = field(default_factory=dict)
    """What the garbage collector of each stack and server has done under load, over all rounds in turns."""


@dataclass(frozen=True)
class Trial:
    """A planned trial with its conditions and surroundings."""

    planned: PlannedTrial
    conditions: Conditions
    surroundings: Surroundings

    @property
    def who(self) -> Who:
        """The stack and the server that it is made on."""
        return self.planned.cell.stack, self.planned.cell.server

    @cached_property
    def endpoint(self) -> Endpoint:
        """The requests and right answers of its scenario."""
        return self.conditions.target.endpoint(self.planned.cell.scenario)

    def program(self, told: Mapping[str, str] | None = None) -> Program:
        """How its server is started; `told` is added to the server's environment. Raises as Target.program."""
        cell, conditions = self.planned.cell, self.conditions
        return conditions.target.program(
            cell.stack,
            cell.server,
            workers=conditions.workers,
            threads=conditions.threads,
            told={**orphans.marked(), **(told or {})},
        )

    def difference(self, server: ServerProcess, *, every_case: bool = True) -> str | None:
        """A sentence about a wrong answer of the server, or None; ServerError when it does not answer."""
        client = Client(server.host, server.port)
        sample = SAMPLE if every_case else SPARSE
        with _answering(server):
            return check(client, server.prefix, self.endpoint, sample=sample, every_case=every_case)

    def verify(self, server: ServerProcess, *, every_case: bool = True) -> None:
        """Raise WrongAnswerError when the server answers wrongly, ServerError when it does not answer."""
        difference = self.difference(server, every_case=every_case)
        if difference is not None:
            cell = self.planned.cell
            raise WrongAnswerError(f"{cell.stack} answers {cell.scenario} wrongly: {difference}")

    def change(self, server: ServerProcess, when: str) -> str | None:
        """A sentence about a request that asks the services for other work than when it was counted, or None.

        `when` begins it. Raises as `difference`; a service that does not tell is a change too.
        """
        counted = self.surroundings.counter.demand(self.planned.cell)
        if counted is None:
            return None
        try:
            with _answering(server):
                found = recount.difference(server, self.endpoint, self.conditions.target, counted)
        except EnvironmentProblem as error:
            found = str(error)
        return None if found is None else f"{when} the load: {found}"

    def require_services(self) -> None:
        """Raise ServerError when a service of the servers does not answer."""
        ailing = self.conditions.target.ailing()
        if ailing is not None:
            raise ServerError(f"services: {ailing} Start it again.")

    @property
    def work(self) -> Work | None:
        """The work of a request; None if it was not counted. Raises the error that prevented the counting."""
        return self.surroundings.counter.of(self.planned.cell)

    @property
    def declared(self) -> int | None:
        """How many SQL statements a request may send; None where nobody has declared it."""
        return self.conditions.target.statements(self.planned.cell)

    def restore(self) -> None:
        """Undo what its scenario did to the data, if it writes."""
        if self.endpoint.writes:
            self.conditions.target.restore()


@contextmanager
def _answering(server: ServerProcess) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ServerError(f"server: it does not answer ({error}). {server.tail()}") from error


def new_folder(path: Path) -> Path:
    """A new folder, and in it an empty one for the generator; EnvironmentProblem when it cannot be made."""
    try:
        (path / "generator").mkdir(parents=True)
    except OSError as error:
        raise EnvironmentProblem(
            f"{path} cannot be made: {error.strerror}. Free disk space, or let this user write there."
        ) from error
    return path
