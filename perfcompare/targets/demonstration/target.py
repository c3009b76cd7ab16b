"""The demonstration as a target."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from perfcompare.core.dataset import Dataset
from perfcompare.core.measurement import Cell
from perfcompare.core.stack import plain, practices
from perfcompare.core.target import Endpoint, Meter, Program
from perfcompare.registries import scenarios, stacks
from perfcompare.targets.demonstration import differences, laboratory, liveness, meter, programs, selection


@dataclass(frozen=True, kw_only=True)
class Demonstration:
    """A core.target.Target."""

    name: ClassVar[str] = "demonstration"
    environ: Mapping[str, str]
    """DATABASE_URL, REDIS_URL, UPSTREAM_URL and SECRET_KEY."""
    data: Dataset
    restoring: Callable[[], None]

    def endpoint(self, scenario: str) -> Endpoint:
        """The scenario on this dataset."""
        return endpoint(scenario, self.data)

    def program(
        self, stack: str, server: str, *, workers: int = 1, threads: int = 8, told: Mapping[str, str] | None = None
    ) -> Program:
        """How the server is started with the stack."""
        environ = {**self.environ, **(told or {})}
        return programs.program(stack, server, environ=environ, workers=workers, threads=threads)

    def statements(self, cell: Cell) -> int:
        """The number that the contract, or a stated difference from it, allows the stack."""
        levers, contract = stacks[cell.stack].levers, scenarios[cell.scenario]
        return differences.statements(plain(cell.stack), levers, cell.scenario, contract, practices(cell.stack))

    def ailing(self) -> str | None:
        """What the database, the cache or the upstream service is unable to do."""
        return liveness.ailing(self.environ)

    def meter(self) -> AbstractContextManager[Meter | None]:
        """A meter of the database and the cache."""
        return meter.meter(self.environ)

    def restore(self) -> None:
        """Delete the users of a writing scenario."""
        self.restoring()


def max_users() -> int:
    """In the database. A project that has installed the package has no `users`, and needs the commands all the same."""
    from users.dataset import MAX_COUNT

    return MAX_COUNT


def endpoint(name: str, dataset: Dataset) -> Endpoint:
    """The scenario called `name` on a dataset; KeyError for an unknown one."""
    scenario = scenarios[name]
    return Endpoint(
        traffic=partial(scenario.traffic, dataset),
        cases=partial(scenario.cases, dataset),
        aftermath=scenario.aftermath,
        writes=scenario.writes,
    )


def prepare(
    environ: Mapping[str, str], dataset: Dataset, cells: Iterable[Cell] = (), *, number: int = 0
) -> Demonstration:
    """The demonstration with its database filled and its cache empty, for a run of `cells`.

    `environ` holds DATABASE_URL, REDIS_URL and UPSTREAM_URL, and `number` is that of its laboratory. Raises
    EnvironmentProblem when a service does not do it, or a package that a cell needs is missing.
    """
    selection.require_packages(cells)
    place = laboratory.prepare(environ, dataset, number=number)
    return Demonstration(environ=place.environ, data=dataset, restoring=place.restore)
