"""Results by stack, server and number of clients, which a command stores in the options of a run of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Generic, TypeVar, get_type_hints

from perfcompare.models.run import Run
from perfcompare.models.side_results import alike, finite

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
    """What a command keeps under `name`: levels of one `kind`, whose fields are texts and numbers."""

    name: str
    kind: type[L]

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
        kinds = get_type_hints(self.kind)
        for row in options.get(self.name, ()):
            values = {field.name: _value(kinds[field.name], row[field.name]) for field in fields(self.kind)}
            yield Found(stack=row["stack"], server=row["server"], level=self.kind(**values))

    def newest(self, run: Run) -> tuple[Run, tuple[Found[L], ...]] | None:
        """The newest results from the machine of `run`, and their run. Those of `run` itself come first. None without
        any."""
        others = Run.objects.filter(options__has_key=self.name, **alike(run))
        holder = run if self.name in run.options else others.first()
        return (holder, self.of(holder.options)) if holder else None


def _value(kind: Any, given: Any) -> Any:
    if kind is str:
        return str(given)
    if kind is int:
        return int(finite(given))
    return None if given is None and kind is not float else finite(given)
