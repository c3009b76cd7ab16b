"""A running server that answers the demonstration's contract. Nothing is started or restored."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import ClassVar

from perfcompare.core.dataset import Dataset
from perfcompare.core.errors import UsageError
from perfcompare.core.measurement import Cell
from perfcompare.core.target import Endpoint, Program
from perfcompare.registries import scenarios
from perfcompare.targets.demonstration.catalog import CATALOG
from perfcompare.targets.demonstration.target import endpoint

__all__ = ["CATALOG", "RunningUrl"]


@dataclass(frozen=True, kw_only=True)
class RunningUrl:
    """A core.target.Target."""

    name: ClassVar[str] = "running_url"
    url: str
    environ: Mapping[str, str]
    """The addresses of this machine's services, which the run describes. The server may use others."""
    data: Dataset
    """What its database holds, according to the user."""

    def endpoint(self, scenario: str) -> Endpoint:
        """The scenario on this dataset."""
        return endpoint(scenario, self.data)

    def program(
        self, stack: str, server: str, *, workers: int = 1, threads: int = 8, told: Mapping[str, str] | None = None
    ) -> Program:
        """UsageError: the server runs already."""
        raise UsageError(f"{self.url} runs already, so {stack} on {server} cannot be started there.")

    def statements(self, cell: Cell) -> int:
        """As declared by the contract."""
        return scenarios[cell.scenario].statements

    def ailing(self) -> str | None:
        """None: its services are not known."""
        return None

    def meter(self) -> AbstractContextManager[None]:
        """None, as for `ailing`."""
        return nullcontext()

    def restore(self) -> None:
        """Do nothing: its database is not ours."""
