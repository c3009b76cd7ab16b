"""Does the forecast of the demonstration's own `drf` stack agree with its hand-written `fastapi` stack?

    python -m tests.project.agreement [--rounds 5] [--seconds 1]

It records `drf`, and measures `drf`, `fastapi` and the applications of the forecast in turns, each with one request of
a scenario. Ratios are those to `fastapi`, round by round. Exit status 1: `forecast_json` and `fastapi` are more than
15 % apart on a row.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from itertools import repeat
from pathlib import Path
from random import Random
from typing import ClassVar, Final

from perfcompare.contract.fastapi.clients import POOL_SIZE
from perfcompare.core import env
from perfcompare.core.dataset import Dataset
from perfcompare.core.http import NOTHING
from perfcompare.core.measurement import Cell, Measurement
from perfcompare.core.scenario import Case, Exchange
from perfcompare.core.server import Launch
from perfcompare.core.stack import prefix
from perfcompare.core.target import REFERENCE, Endpoint, Meter, Program
from perfcompare.plugins import servers
from perfcompare.project.forecast.application import BARE, FORECAST, JSON, Written, write_application
from perfcompare.project.forecast.recorder import record
from perfcompare.project.project import Project
from perfcompare.project.requests import ProjectRequest, RequestFile
from perfcompare.project.served import health
from perfcompare.runner import lock, signals
from perfcompare.runner.execution import execute
from perfcompare.runner.plan import planned
from perfcompare.runner.trial import Conditions
from perfcompare.runner.turns import SENDER
from perfcompare.services import environment
from perfcompare.targets.demonstration.target import Demonstration, prepare

FORECASTED: Final = "drf"
ROWS: Final = ("simple", "user_detail", "user_list")
WITHIN: Final = 0.15
SERVER: Final = "uvicorn"
CONNECTIONS: Final = 8


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """A core.target.Target: the demonstration, the forecast's applications beside it, and one request a scenario."""

    name: ClassVar[str] = "agreement"

    demonstration: Demonstration
    exchanges: Mapping[str, Exchange]
    written: Written

    @property
    def environ(self) -> Mapping[str, str]:
        """That of the demonstration."""
        return self.demonstration.environ

    @property
    def data(self) -> Dataset:
        """That of the demonstration."""
        return self.demonstration.data

    def endpoint(self, scenario: str) -> Endpoint:
        """Its one request, for ever."""
        exchange = self.exchanges[scenario]
        case = Case(name=scenario, request=exchange.request, expected=exchange.expected)

        def traffic(_random: Random) -> Iterator[Exchange]:
            return repeat(exchange)

        return Endpoint(traffic=traffic, cases=lambda: [case])

    def program(
        self, stack: str, server: str, *, workers: int = 1, threads: int = 8, told: Mapping[str, str] | None = None
    ) -> Program:
        """The applications of the forecast answer under the path of the recorded stack."""
        if stack not in self.written.targets:
            return self.demonstration.program(stack, server, workers=workers, threads=threads, told=told)
        more = dict(told or {})
        counted = more.pop("DATABASE_URL", "")
        urls = {name: counted for name in self.written.environ if name.endswith("_URL") and counted}

        def command(port: int) -> Sequence[str]:
            return servers[server].command(Launch(target=self.written.targets[stack], port=port, workers=workers))

        return Program(
            label=f"{stack} on {server}",
            command=command,
            environ={"PATH": os.environ["PATH"], **self.written.environ, **urls, **more},
            prefix=prefix(FORECASTED),
            health=health.PATH.removeprefix("/"),
        )

    def statements(self, cell: Cell) -> int:
        """As many as the recorded stack's."""
        return self.demonstration.statements(
            Cell(scenario=cell.scenario, stack=FORECASTED, server=cell.server, concurrency=cell.concurrency)
        )

    def ailing(self) -> str | None:
        """What its services are unable to do."""
        return self.demonstration.ailing()

    def meter(self) -> AbstractContextManager[Meter | None]:
        """That of its services."""
        return self.demonstration.meter()

    def restore(self) -> None:
        """Nothing is written."""


def target(folder: Path, rows: Sequence[str], users: int) -> Agreement:
    """Everything prepared: rows in the database, the recording, the applications."""
    cells = [Cell(scenario=row, stack=FORECASTED, server=SERVER, concurrency=CONNECTIONS) for row in rows]
    demonstration = prepare(os.environ, Dataset(count=users, seed=1), cells)
    exchanges = {row: next(demonstration.endpoint(row).traffic(Random(1))) for row in rows}
    path = prefix(FORECASTED)
    requests = [ProjectRequest(name=row, path=path + one.request.path) for row, one in exchanges.items()]
    recording = record(_project(demonstration), RequestFile(requests=requests), NOTHING)
    written = write_application(recording, folder, connections=POOL_SIZE)
    assert not written.absent, written.absent
    assert not any(written.lacking.values()), written.lacking
    return Agreement(demonstration=demonstration, exchanges=exchanges, written=written)


def _project(demonstration: Demonstration) -> Project:
    program = demonstration.program(FORECASTED, SERVER)
    return Project(
        settings=program.environ["DJANGO_SETTINGS_MODULE"],
        root=env.ROOT,
        applications={"wsgi": "config.wsgi:application", "asgi": "config.asgi:application"},
        path=[one or str(Path.cwd()) for one in sys.path],
        environ=program.environ,
    )


def measured(of: Agreement, folder: Path, rows: Sequence[str], rounds: int, seconds: float) -> Sequence[Measurement]:
    """All trials. A failed one ends the measurement."""
    stacks = (FORECASTED, REFERENCE, *of.written.targets)
    cells = [
        Cell(scenario=row, stack=stack, server=SERVER, concurrency=CONNECTIONS) for row in rows for stack in stacks
    ]
    conditions = Conditions(
        target=of, generator=SENDER, folder=folder, seconds=seconds, warmup_s=5.0, in_turns=True, seed=1
    )
    found = list(execute(planned(cells, rounds, 1), conditions, lambda _event: None))
    failed = [one for one in found if not isinstance(one, Measurement)]
    assert not failed, failed[0]
    return [one for one in found if isinstance(one, Measurement)]


def ratios(found: Sequence[Measurement], row: str, stack: str) -> Sequence[float]:
    """CPU per answer, relative to that of `fastapi` in the same round."""
    costs = {(one.round, one.cell.stack): one.server_cpu_us for one in found if one.cell.scenario == row}
    pairs = [(cost, costs[number, REFERENCE]) for (number, name), cost in costs.items() if name == stack]
    return [cost / other for cost, other in pairs if cost and other]


def main() -> int:
    """Print a line for each row and application."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--users", type=int, default=10_000)
    parser.add_argument("--rows", default=",".join(ROWS))
    parser.add_argument("--folder", type=Path, help="where the applications are kept")
    options = parser.parse_args()
    rows = options.rows.split(",")
    with ExitStack() as context:
        folder = options.folder or Path(context.enter_context(tempfile.TemporaryDirectory()))
        context.enter_context(environment.provided(os.environ))
        context.enter_context(signals.interruptible())
        context.enter_context(lock.only_run())
        of = target(folder / "applications", rows, options.users)
        found = measured(of, folder / "trials", rows, options.rounds, options.seconds)
    apart = False
    for row in rows:
        costs = [one.server_cpu_us or 0.0 for one in found if one.cell.scenario == row and one.cell.stack == REFERENCE]
        sys.stdout.write(f"{row}: {REFERENCE} {statistics.median(costs):.0f} us of CPU for an answer\n")
        for stack in (FORECASTED, FORECAST, JSON, BARE):
            each = ratios(found, row, stack)
            middle = statistics.median(each)
            sys.stdout.write(f"  {stack}: {middle:.2f} ({min(each):.2f} to {max(each):.2f})\n")
            apart |= stack == JSON and abs(middle - 1) > WITHIN
    return int(apart)


if __name__ == "__main__":
    sys.exit(main())
