"""A round in turns: all its servers are alive, each is started once, and they are loaded one after another for 20 ms.

On a shared machine a processor is sometimes half as fast for seconds, because of a neighbour on the same core, and the
hypervisor does not report it. Servers that are loaded one after another for whole windows meet different moments, and
their costs differ for that reason alone. In turns they meet the same moments, and the ratio of their costs stays. Each
server has the processor for itself in its turn, and nothing is under way when the turn ends.

The idea is that of duet benchmarking (Bulej, Horký, Tůma, Farquet, Prokopec, ICPE 2020,
https://arxiv.org/abs/2001.05811), with turns instead of two at a time, because there may be only one processor.
Turns begin and end with an empty server, so they show costs and no peak rates. The servers share pages, so there are no
memory figures. Latencies are measured separately, at one rate for all: runner/rates.py.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack

from perfcompare.runner import drain
from perfcompare.runner.plan import PlannedTrial
from perfcompare.runner.rates import Rates
from perfcompare.runner.trial import Conditions, Surroundings, Trial
from perfcompare.runner.turns import first_requests
from perfcompare.runner.turns.block import Block, Outcome
from perfcompare.runner.turns.lanes import start
from perfcompare.runner.turns.load import SENDER

__all__ = ["SENDER", "Outcome", "blocks", "measure", "rounds"]


def rounds(plan: Sequence[PlannedTrial]) -> Iterator[tuple[PlannedTrial, ...]]:
    """The trials of each round, in their order."""
    yield from _grouped(plan, lambda planned: planned.round)


def blocks(plan: Sequence[PlannedTrial]) -> Iterator[tuple[PlannedTrial, ...]]:
    """The trials that are loaded in turns, those of one scenario and concurrency of a round, in their order."""
    yield from _grouped(plan, lambda planned: (planned.round, planned.cell.scenario, planned.cell.concurrency))


def _grouped(plan: Sequence[PlannedTrial], key: Callable[[PlannedTrial], object]) -> Iterator[tuple[PlannedTrial, ...]]:
    found: dict[object, list[PlannedTrial]] = {}
    for planned in plan:
        found.setdefault(key(planned), []).append(planned)
    yield from map(tuple, found.values())


def measure(
    plan: Sequence[PlannedTrial], conditions: Conditions, surroundings: Surroundings, rates: Rates
) -> Generator[Mapping[PlannedTrial, Outcome], None, None]:
    """The outcomes of each block of a round: for each trial its figures, or the error that prevented them.

    Each server is started once. One that fails in a scenario is not used again in this round, but for a wrong answer of
    a stack whose answers are right as they are. Interrupted is raised.
    """
    with ExitStack() as context:
        trials = {planned: Trial(planned, conditions, surroundings) for planned in plan}
        lanes = start(trials.values(), context)
        first_requests.send(trials.values(), lanes)
        for block in blocks(plan):
            yield Block([trials[planned] for planned in block], lanes, rates).measure()
    drain.ports()
