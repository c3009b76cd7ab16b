"""Every locustfile against every stack: `python -m tests.locustfiles.every_stack [SECONDS [STACK …]]`.

Two seconds at least: `steps.py` takes half of them for a step, which is one second at least. Too long for the test
suite. Prints a line for each run, and ends with status 1 when one did not end clean.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from perfcompare.core.dataset import Dataset
from perfcompare.registries import stacks
from perfcompare.runner.processes import ServerProcess
from perfcompare.services import environment
from perfcompare.targets.demonstration import laboratory
from tests.locustfiles.running import Ended, for_seconds, run
from tests.serving import serve

DATASET = Dataset(count=1000, seed=1)
JOURNEYS = ("mixed", "compare", "steps", "spike", "soak")
FEW = ("--users", "2", "--spawn-rate", "2")
"""One event loop serves all users in turns: with adrf's seconds of processor time for a user_list, more of them would
each wait longer than the 10 s that an answer may take on a busy machine."""


def runs(stack: str) -> Iterator[tuple[str, list[str]]]:
    """Each locustfile with its options: the journeys once, the single ones for every scenario of the stack."""
    for file in JOURNEYS:
        yield file, ["--stacks" if file == "compare" else "--stack", stack]
    for scenario in sorted(stacks[stack].scenarios):
        yield "single", ["--stack", stack, "--scenario", scenario]
    yield "fixed_rate", ["--stack", stack, "--scenario", "simple", "--rate", "50"]


def main(seconds: float, names: Sequence[str]) -> int:
    """Run them all."""
    unclean = 0
    with environment.provided(os.environ), tempfile.TemporaryDirectory() as folder:
        place = laboratory.prepare(os.environ, DATASET)
        for stack in names:
            with _server(stack, {**os.environ, **place.environ}, Path(folder)) as server:
                for file, options in runs(stack):
                    result = Path(folder) / "result.json"
                    url = f"http://{server.host}:{server.port}"
                    few = FEW if file == "single" else ()
                    result.unlink(missing_ok=True)  # a run that fails must not show the figures of the one before
                    ended = run(file, "--host", url, *options, *for_seconds(file, seconds), *few, result=result)
                    place.restore()
                    unclean += _told(f"{stack:12} {file:11} {options[-1]:14}", ended)
    return 1 if unclean else 0


def _server(stack: str, environ: dict[str, str], folder: Path) -> ServerProcess:
    return serve(stack, stacks[stack].server, environ=environ, log=folder / "server.log")


def _told(what: str, ended: Ended) -> bool:
    """Print a run; whether it was unclean."""
    total = (ended.result or {}).get("total", {})
    unclean = ended.status != 0 or not total.get("answers") or bool(total["errors"]) or ended.result["interrupted"]
    words = f"{total.get('answers', 0):6} answers, {total.get('errors', 0)} errors"
    print(what, "FAILED" if unclean else "clean ", words, flush=True)  # noqa: T201  # a script talks
    if unclean:
        print(ended.output[-3000:])  # noqa: T201
    return unclean


if __name__ == "__main__":
    chosen = sys.argv[2:] or list(stacks)
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 10.0, chosen))
