"""The held connections of stacks, which `manage.py perfcompare connections` stores in the options of a run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from perfcompare.models.run import Run
from perfcompare.models.side_results import alike
from perfcompare.runner.held_connections import Level

HELD: Final = "connections"


@dataclass(frozen=True, kw_only=True)
class Held:
    """The result of one stack at one number of connections."""

    stack: str
    server: str
    level: Level


def as_options(found: Mapping[tuple[str, str], list[Level]]) -> dict[str, Any]:
    """The options of a run that holds only these results. `found` is by stack and server."""
    rows = [
        {"stack": stack, "server": server, **asdict(level)}
        for (stack, server), levels in found.items()
        for level in levels
    ]
    return {"cells": [], HELD: rows}


def of(options: Mapping[str, Any]) -> tuple[Held, ...]:
    """The results in the options. Raises KeyError or TypeError when their form is wrong."""
    return tuple(_rows(options))


def _rows(options: Mapping[str, Any]) -> Iterator[Held]:
    for row in options.get(HELD, ()):
        figures = {name: int(value) for name, value in row.items() if name not in {"stack", "server"}}
        yield Held(stack=row["stack"], server=row["server"], level=Level(**figures))


def newest(run: Run) -> tuple[Run, tuple[Held, ...]] | None:
    """The newest results from the machine of `run`, and their run. Those of `run` itself come first. None without
    any."""
    holder = run if HELD in run.options else Run.objects.filter(options__has_key=HELD, **alike(run)).first()
    return (holder, of(holder.options)) if holder else None
