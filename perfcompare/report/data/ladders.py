"""The ladders of a run: what each lever of a stack gives, one after another, and what is left.

A gain is of everything between two steps with valid figures: of one lever where they are neighbours, of several
together where steps between them have none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final

from perfcompare.core.stack import STEP
from perfcompare.core.target import Catalog
from perfcompare.report.data import formatting
from perfcompare.report.data.kinds import Kind
from perfcompare.report.data.labels import stack_label
from perfcompare.report.data.noise import Floors
from perfcompare.report.data.ratios import Ratio, Trials, beside, paired
from perfcompare.report.data.report import Block, CellSummary, Ladder, Step

NAMED: Final = 3
"""How many levers that share one gain are named."""


def collect(catalog: Catalog, blocks: Iterable[Block], trials: Trials, floors: Floors, seed: int) -> tuple[Ladder, ...]:
    """Every ladder of which two steps at least have valid figures."""
    return tuple(
        _ladder(catalog, block, cells, trials, floors, seed)
        for block in blocks
        for cells in _planned(block).values()
        if len(_valid(cells)) > 1
    )


def unknown(catalog: Catalog, blocks: Iterable[Block]) -> tuple[str, ...]:
    """A sentence for each ladder of a run that has fewer."""
    return tuple(
        f"{_name(catalog, cells[0])}, {block.title}: {len(_valid(cells))} of {len(cells)} steps have valid figures, "
        "so the gain of levers is not known."
        for block in blocks
        for cells in _planned(block).values()
        if len(_valid(cells)) < 2
    )


def _planned(block: Block) -> Mapping[tuple[str, str], Sequence[CellSummary]]:
    """The steps of each ladder in a block, from the bottom up, whether or not they have valid figures."""
    found: dict[tuple[str, str], list[CellSummary]] = defaultdict(list)
    for cell in block.cells:
        if cell.kind is Kind.STEP and cell.cell.stack.partition(STEP)[2].isdecimal():
            found[cell.cell.stack.partition(STEP)[0], cell.cell.server].append(cell)
    return {name: sorted(cells, key=_number) for name, cells in found.items()}


def _valid(cells: Iterable[CellSummary]) -> list[CellSummary]:
    return [cell for cell in cells if cell.figures.server_cpu_us is not None]


def _number(cell: CellSummary) -> int:
    return int(cell.cell.stack.partition(STEP)[2])


def _ladder(
    catalog: Catalog, block: Block, planned: Sequence[CellSummary], trials: Trials, floors: Floors, seed: int
) -> Ladder:
    cells = _valid(planned)
    steps = [_first(catalog, cells[0])]
    for below, cell in pairwise(cells):
        pairs = paired(trials.get(cell.cell, ()), trials.get(below.cell, ()))
        gain = beside(pairs, "server_cpu_us", seed, floor=floors.of(cell.cell.scenario).cpu)
        steps.append(_step(catalog, cell, below, gain))
    return Ladder(
        rungs="lever",
        stack=_name(catalog, cells[0]),
        title=block.title,
        steps=tuple(steps),
        missing=tuple(f"{_number(cell)} ({_alone(cell)})" for cell in planned if cell not in cells),
        reference=one(block, Kind.REFERENCE),
        floor=one(block, Kind.FLOOR),
    )


def _first(catalog: Catalog, cell: CellSummary) -> Step:
    """The lowest valid step; above the bottom it has levers that nothing is known of."""
    number = _number(cell)
    label = _alone(cell) if number == 0 else f"with {_levers(catalog, cell, 0)}"
    return Step(number=number, label=label, short=f"step {number}", cell=cell, below=None, gain=None)


def _step(catalog: Catalog, cell: CellSummary, below: CellSummary, gain: Ratio | None) -> Step:
    number, before = _number(cell), _number(below)
    if number == before + 1:
        label = short = _alone(cell)
    else:
        label, short = f"+ {_levers(catalog, cell, before)}", f"+ {_range(before, number)}"
    return Step(number=number, label=label, short=short, cell=cell, below=below, gain=gain)


def _range(before: int, number: int) -> str:
    return f"step {number}" if number == before + 1 else f"steps {before + 1}-{number}"


def _levers(catalog: Catalog, cell: CellSummary, before: int) -> str:
    """`database connections and orjson rendering (steps 1-2)`: what the step has beyond the step `before`."""
    number = _number(cell)
    names = [lever.label for lever in catalog.levers_of(cell.cell.stack)[before:]]
    where = _range(before, number)
    if not names:
        return where
    shown = names if len(names) <= NAMED else [*names[: NAMED - 1], f"{len(names) - NAMED + 1} more"]
    return f"{formatting.both(shown)} ({where})"


def _name(catalog: Catalog, cell: CellSummary) -> str:
    return f"{stack_label(catalog, cell.cell.stack.partition(STEP)[0])} on {cell.server}"


def _alone(cell: CellSummary) -> str:
    """What the step adds to the one right below it, as the registry calls it: `+ orjson renderer`."""
    _, found, added = cell.stack.rpartition(": ")
    return added if found else f"step {_number(cell)}"


def one(block: Block, kind: Kind) -> CellSummary | None:
    """The first cell of that kind with a valid figure, on the server that its stack is judged on."""
    cells = (cell for cell in block.cells if cell.kind is kind and cell.judged)
    return next((cell for cell in cells if cell.figures.server_cpu_us is not None), None)
