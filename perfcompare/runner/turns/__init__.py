"""A round in turns: all its servers are alive, each is started once, and they are loaded one after another for 20 ms.

On a shared machine a processor is sometimes half as fast for seconds, without a word from the hypervisor (a neighbour
on the same core). Servers that are loaded one after another for whole windows meet different moments, and their costs
differ for that alone; in turns they meet the same ones, and the ratio of their costs stays. Each server has the
processor for itself in its turn, and nothing is under way when it ends.

The idea is that of duet benchmarking (Bulej, Horký, Tůma, Farquet, Prokopec, ICPE 2020,
https://arxiv.org/abs/2001.05811), with turns instead of two at a time, since there may be one processor only. Turns
begin and end with an empty server, so they show costs and no peak rates; pages are shared among the servers, so there
is no memory. Latencies are measured apart, at rates that are the same for all: runner/rates.py.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack

from perfcompare.runner import drain
from perfcompare.runner.plan import PlannedTrial
from perfcompare.runner.rates import Rates
from perfcompare.runner.trial import Conditions, Surroundings, Trial
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
    """The outcomes of each block of a round: for each trial its figures, or the error because of which there are none.

    Each server is started once. One that fails in a scenario is not asked again in this round. Interrupted is raised.
    """
    with ExitStack() as context:
        lanes = start([Trial(planned, conditions, surroundings) for planned in plan], context)
        for block in blocks(plan):
            trials = [Trial(planned, conditions, surroundings) for planned in block]
            yield Block(trials, lanes, rates).measure()
    drain.ports()
