"""The ladders of a run: what each lever of a stack gives, one after another, and what is left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

from perfcompare import registries
from perfcompare.core.stack import STEP
from perfcompare.report.data import Block, CellSummary, Ladder, Step
from perfcompare.report.kinds import Kind
from perfcompare.report.noise import Floors, Visits
from perfcompare.report.ratios import beside, paired


def of(blocks: Iterable[Block], visits: Visits, floors: Floors, seed: int) -> tuple[Ladder, ...]:
    """Every ladder of which two steps at least have valid figures."""
    return tuple(
        _ladder(block, cells, visits, floors, seed) for block in blocks for cells in _climbed(block) if len(cells) > 1
    )


def _climbed(block: Block) -> Iterable[Sequence[CellSummary]]:
    """The measured steps of each ladder in a block, from the bottom up."""
    found: dict[tuple[str, str], list[CellSummary]] = defaultdict(list)
    for cell in block.cells:
        if cell.kind is Kind.STEP and cell.figures.server_cpu_us is not None:
            found[cell.cell.stack.partition(STEP)[0], cell.cell.server].append(cell)
    return [sorted(cells, key=_number) for cells in found.values()]


def _number(cell: CellSummary) -> int:
    number = cell.cell.stack.partition(STEP)[2]
    return int(number) if number.isdecimal() else 0


def _ladder(block: Block, cells: Sequence[CellSummary], visits: Visits, floors: Floors, seed: int) -> Ladder:
    steps = [Step(number=_number(cells[0]), label=_label(cells[0]), cell=cells[0], gain=None)]
    for below, cell in pairwise(cells):
        pairs = paired(visits.get(cell.cell, ()), visits.get(below.cell, ()))
        gain = beside(pairs, "server_cpu_us", seed, floor=floors.cpu)
        steps.append(Step(number=_number(cell), label=_label(cell), cell=cell, gain=gain))
    return Ladder(
        stack=_name(cells[0]),
        title=block.title,
        steps=tuple(steps),
        reference=_one(block, Kind.REFERENCE),
        floor=_one(block, Kind.FLOOR),
    )


def _name(cell: CellSummary) -> str:
    plain = cell.cell.stack.partition(STEP)[0]
    known = registries.stacks.get(plain)
    return f"{known.label if known else plain} on {cell.server}"


def _label(cell: CellSummary) -> str:
    """What the step adds, as the registry calls it: `+ orjson renderer`."""
    _, found, added = cell.stack.rpartition(": ")
    return added if found else f"step {_number(cell)}"


def _one(block: Block, kind: Kind) -> CellSummary | None:
    cells = (cell for cell in block.cells if cell.kind is kind and cell.judged)
    return next((cell for cell in cells if cell.figures.server_cpu_us is not None), None)
