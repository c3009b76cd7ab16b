"""Results by stack, server and number of clients, which a command stores in the options of a run of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Generic, TypeVar

from perfcompare.models.run import Run
from perfcompare.models.side_results import alike

L = TypeVar("L", bound=Any)
"""A dataclass: the result for one number of clients."""


@dataclass(frozen=True, kw_only=True)
class Found(Generic[L]):
    """The result of one stack at one number of clients."""

    stack: str
    server: str
    level: L


@dataclass(frozen=True, kw_only=True)
class Kept(Generic[L]):
    """What a command keeps under `name`; `read` makes a level of its fields."""

    name: str
    read: Callable[[Mapping[str, Any]], L]

    def as_options(self, found: Mapping[tuple[str, str], list[L]]) -> dict[str, Any]:
        """The options of a run that holds only these results. `found` is by stack and server."""
        rows = [
            {"stack": stack, "server": server, **asdict(level)}
            for (stack, server), levels in found.items()
            for level in levels
        ]
        return {"cells": [], self.name: rows}

    def of(self, options: Mapping[str, Any]) -> tuple[Found[L], ...]:
        """The results in the options. Raises KeyError, TypeError or ValueError when their form is wrong."""
        return tuple(self._rows(options))

    def _rows(self, options: Mapping[str, Any]) -> Iterator[Found[L]]:
        for row in options.get(self.name, ()):
            fields = {name: value for name, value in row.items() if name not in {"stack", "server"}}
            yield Found(stack=row["stack"], server=row["server"], level=self.read(fields))

    def newest(self, run: Run) -> tuple[Run, tuple[Found[L], ...]] | None:
        """The newest results from the machine of `run`, and their run. Those of `run` itself come first. None without
        any."""
        others = Run.objects.filter(options__has_key=self.name, **alike(run))
        holder = run if self.name in run.options else others.first()
        return (holder, self.of(holder.options)) if holder else None
