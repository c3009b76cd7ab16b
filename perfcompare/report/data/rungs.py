"""The three rungs on which a run has the same views: Django as it comes, by settings alone, and with levers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from perfcompare.core.statistics import median
from perfcompare.core.target import Catalog
from perfcompare.report.data.kinds import Kind, kind
from perfcompare.report.data.report import CellSummary, Report

FIRST: Final = "drf"
"""The Django that teams come from, wherever a run holds it."""


class Rung(StrEnum):
    """How far a team has gone with the same views."""

    PLAIN = "as it comes"
    SETTINGS = "by settings alone"
    LEVERS = "with levers"


KINDS: Final[Mapping[Rung, Kind]] = {Rung.PLAIN: Kind.PLAIN, Rung.SETTINGS: Kind.SETTINGS, Rung.LEVERS: Kind.TUNED}
Cells = Mapping[str, CellSummary]
"""The cell of one stack in each scenario, with figures or without."""


@dataclass(frozen=True, kw_only=True)
class Path:
    """The stacks of a run that serve the same views."""

    rungs: Mapping[Rung, str]
    """The stack that stands for each rung; a rung without one is not in the run."""
    cells: Mapping[Rung, Cells]

    def label(self, rung: Rung) -> str:
        """What people call the stack of a rung that the run has."""
        return next(cell.stack for cell in self.cells[rung].values())


def contenders(report: Report) -> Mapping[str, Cells]:
    """The cells in which stacks stand for themselves, one for each scenario, with figures or without."""
    found: dict[str, dict[str, CellSummary]] = {}
    for block in report.main_blocks:
        for cell in block.cells:
            if cell.contender:
                found.setdefault(cell.cell.stack, {})[block.scenario] = cell
    return found


def path(report: Report) -> Path | None:
    """That of FIRST where the run holds it, else of the plain stack with most figures; None without a plain stack."""
    stacks = contenders(report)
    plain = [name for name in stacks if _kind(stacks[name]) is Kind.PLAIN]
    best = _best([FIRST] if comparable(stacks.get(FIRST, {})) else plain, stacks)
    if best is None:
        return None
    shared = views(report.catalog, best)
    same = [name for name in stacks if views(report.catalog, name) == shared]
    others = (Rung.SETTINGS, Rung.LEVERS)
    found = {rung: _best([name for name in same if _kind(stacks[name]) is KINDS[rung]], stacks) for rung in others}
    rungs = {Rung.PLAIN: best, **{rung: name for rung, name in found.items() if name is not None}}
    return Path(rungs=rungs, cells={rung: stacks[name] for rung, name in rungs.items()})


def views(catalog: Catalog, stack: str) -> str:
    """The URLconf of a stack, which is the same on every rung. Other and unknown stacks give their own names."""
    known = catalog.stacks.get(stack)
    return known.django.urlconf if known and known.django else stack


def registered(catalog: Catalog, plain: str, rung: Rung) -> tuple[str, ...]:
    """Every stack of that rung that there is for the views of `plain`, whether or not a run has it."""
    shared = views(catalog, plain)
    return tuple(
        name for name in catalog.stacks if views(catalog, name) == shared and kind(catalog, name) is KINDS[rung]
    )


def settings(catalog: Catalog, stack: str) -> tuple[str, ...]:
    """What people call the settings that a stack changes."""
    known = catalog.stacks.get(stack)
    return tuple(one.label for one in known.by_settings) if known else ()


def levers(catalog: Catalog, stack: str) -> tuple[str, ...]:
    """What people call the levers of a stack, in their order."""
    return tuple(lever.label for lever in catalog.levers_of(stack))


def comparable(cells: Cells) -> dict[str, CellSummary]:
    """Those that can be compared with the reference."""
    return {scenario: cell for scenario, cell in cells.items() if cell.cpu_ratio}


def _kind(cells: Cells) -> Kind:
    return next(iter(cells.values())).kind


def _best(names: Iterable[str], stacks: Mapping[str, Cells]) -> str | None:
    """The one with figures in most scenarios, of several the cheapest."""

    def rank(name: str) -> tuple[int, float]:
        ratios = [cell.cpu_ratio.value for cell in comparable(stacks[name]).values() if cell.cpu_ratio]
        return -len(ratios), median(ratios) if ratios else 0.0

    return min(names, key=rank, default=None)
