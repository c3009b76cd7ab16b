"""A trial of a cell. Sequential measurements and those in turns share what is here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from perfcompare.core.errors import EnvironmentProblem, PerfcompareError, WrongAnswerError
from perfcompare.core.measurement import Work
from perfcompare.core.target import Endpoint, Program, Target
from perfcompare.runner import orphans
from perfcompare.runner.client import Client
from perfcompare.runner.collector import Collections
from perfcompare.runner.pinning import Placement
from perfcompare.runner.plan import PlannedTrial
from perfcompare.runner.processes import ServerProcess
from perfcompare.runner.verification import check
from perfcompare.runner.work_counter import WorkCounter

SAMPLE: Final = 5
"""How many exchanges of the traffic are checked before the load, and again after it."""
SPARSE: Final = 1
"""The same where the cases are not checked: bodies are compared under load as well."""


@dataclass(frozen=True, kw_only=True)
class Conditions:
    """What all trials of a run have in common."""

    target: Target
    """What is measured."""
    generator: str
    """Its name; of no meaning in turns."""
    folder: Path
    """Where each trial makes a folder of its own for logs and raw samples."""
    seconds: float
    """Of a window; in turns what each server of a scenario gets on average."""
    warmup_s: float
    """The longest warm-up; it ends as soon as the cost of an answer is steady."""
    in_turns: bool = False
    """Whether the stacks of a scenario are loaded in turns: runner/turns."""
    workers: int = 1
    threads: int = 8
    seed: int = 0
    """With the round it chooses the requests: within a round every stack gets the same ones."""


class ServerError(PerfcompareError):
    """Raised when the server of a trial does not answer."""


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What a trial finds on this machine."""

    placement: Placement
    services: Mapping[str, int]
    """Role to root process of each embedded service."""
    all_known: bool
    """Whether every service is embedded."""
    counter: WorkCounter = field(default_factory=WorkCounter)
    """Remembers what a request of each stack makes happen."""
    collections: dict[tuple[str, str], Collections] = field(default_factory=dict)
    """What the garbage collector of each stack and server has done under load, over all rounds in turns."""


@dataclass(frozen=True)
class Trial:
    """A trial, and what it is made under."""

    planned: PlannedTrial
    conditions: Conditions
    surroundings: Surroundings

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
        """What the server answers wrongly; ServerError when it does not answer."""
        client = Client(server.host, server.port)
        sample = SAMPLE if every_case else SPARSE
        try:
            return check(client, server.prefix, self.endpoint, sample=sample, every_case=every_case)
        except OSError as error:
            raise ServerError(f"server: it does not answer ({error}). {server.tail()}") from error

    def verify(self, server: ServerProcess, *, every_case: bool = True) -> None:
        """Raise WrongAnswerError when the server answers wrongly, ServerError when it does not answer."""
        difference = self.difference(server, every_case=every_case)
        if difference is not None:
            cell = self.planned.cell
            raise WrongAnswerError(f"{cell.stack} answers {cell.scenario} wrongly: {difference}")

    @property
    def work(self) -> Work | None:
        """What a request makes happen, None if it was not counted; the error because of which it could not be."""
        return self.surroundings.counter.of(self.planned.cell)

    @property
    def declared(self) -> int:
        """How many SQL statements a request may send."""
        return self.conditions.target.statements(self.planned.cell)

    def restore(self) -> None:
        """Undo what its scenario did to the data, if it writes."""
        if self.endpoint.writes:
            self.conditions.target.restore()


def new_folder(path: Path) -> Path:
    """A new folder, and in it an empty one for the generator; EnvironmentProblem when it cannot be made."""
    try:
        (path / "generator").mkdir(parents=True)
    except OSError as error:
        raise EnvironmentProblem(
            f"{path} cannot be made: {error.strerror}. Free disk space, or let this user write there."
        ) from error
    return path
