"""The same cell by Locust with one and with two processes: `python -m tests.locustfiles.agreement [ROUNDS [SECONDS]]`.

Prints the server's processor time per answer of both in each round, and the interval of their ratio; ends with status 1
when it leaves out 1. A figure that depended on how many processes send would be Locust's and not the server's.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import Final

from perfcompare.core.generator import Load
from perfcompare.core.statistics import MIN_ROUNDS, ratio_interval
from perfcompare.plugins import generators
from perfcompare.runner import pinning
from perfcompare.runner.generating import generate
from perfcompare.runner.processes import ServerProcess
from perfcompare.services import environment
from perfcompare.targets.demonstration import laboratory
from tests.serving import serve
from users.dataset import Dataset

CELL: Final = ("drf", "gunicorn_gthread", "user_detail")
"""One whose server is busy before Locust is: what a sender without processor time finds is its own ceiling."""
DATASET: Final = Dataset(count=1000, seed=1)


def main(rounds: int, seconds: float) -> int:
    """Measure, turn and turn about."""
    if rounds < MIN_ROUNDS:
        raise SystemExit(f"{rounds} rounds give no interval; {MIN_ROUNDS} are the fewest.")
    costs: dict[int, list[float]] = {1: [], 2: []}
    placement = pinning.place(1)
    with environment.provided(os.environ), tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "server.log"
        environ = laboratory.prepare(os.environ, DATASET).environ
        with serve(*CELL[:2], environ=environ, log=log, cpus=placement.server) as server:
            for number in range(rounds):
                for processes in (1, 2) if number % 2 else (2, 1):
                    place = Path(folder) / f"{number}-{processes}" / "generator"
                    costs[processes].append(_cost(server, processes, seconds, place, placement.rest))
                print(f"round {number + 1}: {costs[1][-1]:.1f} µs with one, {costs[2][-1]:.1f} µs with two", flush=True)  # noqa: T201
    found = ratio_interval(list(zip(costs[2], costs[1], strict=True)), seed=1)
    agree = found is not None and found.low <= 1 <= found.high
    print(f"two / one: {found}: they {'agree' if agree else 'do not agree'}")  # noqa: T201
    return 0 if agree else 1


def _cost(server: ServerProcess, processes: int, seconds: float, folder: Path, cpus: pinning.Cpus | None) -> float:
    """Microseconds of the server per answer."""
    folder.mkdir(parents=True)
    load = Load(
        host=server.host, port=server.port, prefix=server.prefix, scenario=CELL[2],
        dataset_count=DATASET.count, dataset_seed=DATASET.seed,
        concurrency=8, warmup_s=1.0, seconds=seconds, seed=1, folder=folder, processes=processes,
    )  # fmt: skip
    result, sampler = generate(generators["locust"], load, server, services={}, cpus=cpus)
    for warning in result.warnings:
        print(warning)  # noqa: T201
    used_s = sampler.trees["server"].cpu.between(result.started_s, result.ended_s)
    return used_s / result.answers * 1e6


if __name__ == "__main__":
    words = sys.argv[1:]
    sys.exit(main(int(words[0]) if words else 6, float(words[1]) if len(words) > 1 else 5.0))
