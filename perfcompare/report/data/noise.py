"""The noise floor of a run: what the same stack, measured twice under two names, differs by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from perfcompare.core.measurement import Cell
from perfcompare.core.objection import Figure
from perfcompare.core.stack import TWIN, original, variant
from perfcompare.core.statistics import median, noise_floor
from perfcompare.models import Measurement
from perfcompare.report.data.ratios import Trials, paired


@dataclass(frozen=True, kw_only=True)
class Floors:
    """By what share a comparison of a stack with its twin differs; None without a twin of three valid rounds."""

    cpu: float | None = None
    goodput: float | None = None
    pairs: int = 0
    """How many rounds of cells had both."""
    scenarios: Mapping[str, Floors] = field(default_factory=dict)
    """The floors of each scenario's twins alone."""

    def of(self, scenario: str) -> Floors:
        """The floors that hold in one scenario: the larger of the run's and of its own twins'."""
        own = self.scenarios.get(scenario)
        if own is None:
            return self
        return Floors(cpu=_larger(self.cpu, own.cpu), goodput=_larger(self.goodput, own.goodput), pairs=own.pairs)


def is_twin(cell: Cell) -> bool:
    """Whether the cell measures a stack a second time, under another name."""
    return variant(cell.stack).startswith(TWIN)


def floors(trials: Trials) -> Floors:
    """The floors of a run: the median over its twins, and those of each scenario."""
    twins = [cell for cell in trials if is_twin(cell) and cell == cell.plain]
    named = {name: [cell for cell in twins if cell.scenario == name] for name in {cell.scenario for cell in twins}}
    alone = {name: _floors(cells, trials) for name, cells in named.items()}
    return replace(_floors(twins, trials), scenarios=alone)


def _floors(twins: Sequence[Cell], trials: Trials) -> Floors:
    costs, rates = ([_pairs(trials, cell, figure) for cell in twins] for figure in (Figure.COST, Figure.RATE))
    return Floors(
        cpu=_floor([[(one.server_cpu_us, other.server_cpu_us) for one, other in pairs] for pairs in costs]),
        goodput=_floor([[(one.goodput, other.goodput) for one, other in pairs] for pairs in rates]),
        pairs=sum(map(len, costs)),
    )


def _floor(twins: Sequence[Sequence[tuple[float | None, float | None]]]) -> float | None:
    whole = [[(one, other) for one, other in pairs if one and other] for pairs in twins]
    found = [floor for pairs in whole if (floor := noise_floor(pairs)) is not None]
    return median(found) if found else None


def _pairs(trials: Trials, twin: Cell, figure: Figure) -> list[tuple[Measurement, Measurement]]:
    return paired(trials[twin], trials.get(replace(twin, stack=original(twin.stack)), ()), figure)


def _larger(one: float | None, other: float | None) -> float | None:
    known = [floor for floor in (one, other) if floor is not None]
    return max(known) if known else None
