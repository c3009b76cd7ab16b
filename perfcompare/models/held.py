"""How many connections stacks held, as a run of `manage.py perfcompare connections` keeps it in its options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from perfcompare.models.findings import ALIKE
from perfcompare.models.run import Run
from perfcompare.runner.held_connections import Level

HELD: Final = "connections"


@dataclass(frozen=True, kw_only=True)
class Held:
    """The result of one stack at one number of connections."""

    stack: str
    server: str
    level: Level


def as_options(found: Mapping[tuple[str, str], list[Level]]) -> dict[str, Any]:
    """The options of a run that holds nothing else; `found` is by stack and server."""
    rows = [
        {"stack": stack, "server": server, **asdict(level)}
        for (stack, server), levels in found.items()
        for level in levels
    ]
    return {"cells": [], HELD: rows}


def of(options: Mapping[str, Any]) -> tuple[Held, ...]:
    """What the options hold; KeyError or TypeError for what `as_options` does not write."""
    return tuple(_rows(options))


def _rows(options: Mapping[str, Any]) -> Iterator[Held]:
    for row in options.get(HELD, ()):
        figures = {name: int(value) for name, value in row.items() if name not in {"stack", "server"}}
        yield Held(stack=row["stack"], server=row["server"], level=Level(**figures))


def newest(run: Run) -> tuple[Run, tuple[Held, ...]] | None:
    """What is known where `run` was measured, and the run that holds it: itself, else the newest one; None without."""
    alike = {f"environment__facts__{name}": value for name, value in run.environment.facts.items() if name in ALIKE}
    holder = run if HELD in run.options else Run.objects.filter(options__has_key=HELD, **alike).first()
    return (holder, of(holder.options)) if holder else None
