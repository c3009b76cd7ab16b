"""What do stacks cost with this checkout's code, beside the same stacks with another checkout's?

    git worktree add --detach /tmp/before 9dc5360
    python -m tests.checkouts /tmp/before [--stacks drf_tuned,adrf_tuned] [--scenarios simple,user_detail] [--rounds 9]

Each stack runs on its own server, from both checkouts, in turns, with this checkout's packages, data and measuring.
A line shows the CPU time per request of this checkout divided by that of the other, with its 95 % interval over the
rounds. Exit status 1: the interval of a line lies above 1 + `--tolerance`, so that the stack has certainly become
dearer.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from perfcompare.core.dataset import Dataset
from perfcompare.core.measurement import Cell, Measurement
from perfcompare.core.stack import TWIN, VARIANT
from perfcompare.core.statistics import ratio_interval
from perfcompare.core.target import Endpoint, Program
from perfcompare.registries import scenarios, stacks
from perfcompare.runner import lock, signals
from perfcompare.runner.events import Event, TrialEnded
from perfcompare.runner.execution import execute
from perfcompare.runner.plan import planned
from perfcompare.runner.trial import Conditions
from perfcompare.runner.turns import SENDER
from perfcompare.services import environment
from perfcompare.targets.demonstration.target import Demonstration, prepare

SCENARIOS: Final = "simple,user_detail,user_list,user_create,cached_users"
OTHER: Final = f"{VARIANT}{TWIN}"
"""Marks the stack that the other checkout serves."""


@dataclass(frozen=True, kw_only=True)
class Beside(Demonstration):
    """The demonstration, of which another checkout serves the twins."""

    checkout: Path

    def endpoint(self, scenario: str) -> Endpoint:
        """Its traffic alone: the contract of the other checkout may have had other cases."""
        return replace(super().endpoint(scenario), cases=tuple)

    def program(
        self, stack: str, server: str, *, workers: int = 1, threads: int = 8, told: Mapping[str, str] | None = None
    ) -> Program:
        """As this checkout starts it, with the other's code where it is a twin."""
        plain = stack.removesuffix(OTHER)
        here = super().program(plain, server, workers=workers, threads=threads, told=told)
        if plain == stack:
            return here
        return replace(here, label=f"{stack} on {server}", environ={**here.environ, "PYTHONPATH": str(self.checkout)})


def measured(checkout: Path, cells: Sequence[Cell], folder: Path, rounds: int, seconds: float) -> list[Measurement]:
    """All trials. A failed one ends the measurement."""
    made = prepare(os.environ, Dataset(count=10_000, seed=1), cells)
    target = Beside(environ=made.environ, data=made.data, restoring=made.restoring, checkout=checkout)
    conditions = Conditions(
        target=target, generator=SENDER, folder=folder, seconds=seconds, warmup_s=5.0, in_turns=True, seed=1
    )
    found = []
    for one in execute(planned(cells, rounds, 1), conditions, _told):
        assert isinstance(one, Measurement), one
        found.append(one)
    return found


def _told(event: Event) -> None:
    if isinstance(event, TrialEnded):
        sys.stderr.write(f"{event.number} {event.outcome.cell}\n")


def main() -> int:
    """Print a line for each stack and scenario."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--stacks", default=",".join(name for name in stacks if name.endswith("_tuned")))
    parser.add_argument("--scenarios", default=SCENARIOS)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--tolerance", type=float, default=0.03)
    options = parser.parse_args()
    cells = [
        Cell(
            scenario=scenario,
            stack=stack + which,
            server=stacks[stack].server,
            concurrency=scenarios[scenario].connections,
        )
        for scenario in options.scenarios.split(",")
        for stack in options.stacks.split(",")
        for which in ("", OTHER)
    ]
    with ExitStack() as context:
        folder = Path(context.enter_context(tempfile.TemporaryDirectory()))
        context.enter_context(environment.provided(os.environ))
        context.enter_context(signals.interruptible())
        context.enter_context(lock.only_run())
        found = measured(options.checkout.resolve(), cells, folder, options.rounds, options.seconds)
    costs = {(one.cell, one.round): one.server_cpu_us for one in found}
    dearer = False
    for cell in cells:
        other = replace(cell, stack=cell.stack + OTHER)
        pairs = [
            (here, there)
            for number in range(1, options.rounds + 1)
            if (here := costs.get((cell, number))) and (there := costs.get((other, number)))
        ]
        if pairs and (interval := ratio_interval(pairs, seed=1)):
            dearer |= interval.low > 1 + options.tolerance
            sys.stdout.write(
                f"{cell.stack:20} {cell.scenario:14} {interval.middle:.3f} [{interval.low:.3f}, {interval.high:.3f}]\n"
            )
    return int(dearer)


if __name__ == "__main__":
    sys.exit(main())
