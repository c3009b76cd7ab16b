"""The practices of a run: what each one changes, beside the same stack without it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from perfcompare.core.stack import PRACTICE, original, variant
from perfcompare.core.target import Catalog
from perfcompare.report.data.kinds import Kind
from perfcompare.report.data.labels import pair_label
from perfcompare.report.data.ladders import one
from perfcompare.report.data.noise import Floors
from perfcompare.report.data.ratios import Trials, beside, paired
from perfcompare.report.data.report import Block, CellSummary, Ladder, Step


def collect(catalog: Catalog, blocks: Iterable[Block], trials: Trials, floors: Floors, seed: int) -> tuple[Ladder, ...]:
    """For each stack with practices in a block: the stack, and what each practice makes of it."""
    return tuple(
        ladder for block in blocks for ladder in _ladders(catalog, block, trials, floors, seed) if len(ladder.steps) > 1
    )


def _ladders(catalog: Catalog, block: Block, trials: Trials, floors: Floors, seed: int) -> Iterator[Ladder]:
    valid = {(cell.cell.stack, cell.server): cell for cell in block.cells if cell.figures.server_cpu_us is not None}
    added = sorted((cell for cell in block.cells if cell.kind is Kind.PRACTICE), key=_named)
    for (stack, server), cells in groupby(added, key=lambda cell: _named(cell)[:2]):
        planned, steps = list(cells), list[Step]()
        if first := valid.get((stack, server)):
            steps.append(Step(number=0, label="without", short="without", cell=first, below=None, gain=None))
        for cell in planned:
            below = valid.get((_without(cell.cell.stack), server))
            if below is not None and (cell.cell.stack, server) in valid:
                pairs = paired(trials.get(cell.cell, ()), trials.get(below.cell, ()))
                gain = beside(pairs, "server_cpu_us", seed, floor=floors.of(cell.cell.scenario).cpu)
                label = cell.stack.removeprefix(below.stack).strip()
                steps.append(Step(number=len(steps), label=label, short=label, cell=cell, below=below, gain=gain))
        shown = {step.cell.cell for step in steps}
        yield Ladder(
            rungs="practice",
            stack=pair_label(catalog, stack, planned[0].cell.server),
            title=block.title,
            steps=tuple(steps),
            missing=tuple(cell.stack for cell in planned if cell.cell not in shown),
            reference=one(block, Kind.REFERENCE),
            floor=one(block, Kind.FLOOR),
        )


def _without(stack: str) -> str:
    """The stack without the last thing that its name adds."""
    return original(stack) if variant(stack) else stack.rpartition(PRACTICE)[0]


def _named(cell: CellSummary) -> tuple[str, str, str]:
    return original(cell.cell.stack).partition(PRACTICE)[0], cell.server, cell.cell.stack
