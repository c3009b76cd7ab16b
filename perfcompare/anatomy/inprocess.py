"""The cost of a request inside the process: `driver` runs in its own processes, timed, and sampled by py-spy.

py-spy (https://github.com/benfred/py-spy) reads the Python stacks of another process. With `--gil` it samples only the
thread that holds the interpreter, which is the one that computes. It starts the process itself, so that it needs no
privileges.
"""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any, Final

from perfcompare.anatomy.layers import shares
from perfcompare.core import env
from perfcompare.core.errors import EnvironmentProblem, PerfcompareError
from perfcompare.core.http import Request
from perfcompare.core.measurement import Cell
from perfcompare.core.stack import prefix
from perfcompare.core.target import Target
from perfcompare.plugins import servers
from perfcompare.registries import stacks

SAMPLES_A_SECOND: Final = 250
DISTINCT: Final = 2000
"""How many requests are generated for one measurement. They are sent again and again."""
CONCURRENCY: Final = 8
"""Concurrent requests to an ASGI application. A WSGI application gets its requests in one thread."""
_LONGEST_S: Final = 300.0


class DriverError(PerfcompareError):
    """Raised when the application fails in its own process. The message holds what it printed."""


@dataclass(frozen=True, kw_only=True)
class Work:
    """The requests and the application that gets them."""

    cell: Cell
    target: Target
    folder: Path
    """An existing folder for input and samples."""


def cost_us(work: Work, requests: int, *, path: str | None = None, middleware: bool = True) -> float:
    """CPU microseconds per request of the whole process.

    `path` replaces the scenario's requests by a GET of that absolute path. Without `middleware`, Django has none.
    """
    return _run(work, requests, path=path, middleware=middleware, prefix_argv=[])


def layer_shares(work: Work, requests: int) -> dict[str, float]:
    """The share of each layer in the time that the interpreter was held, by sampling the scenario's requests."""
    samples = work.folder / "samples"
    argv = [
        *(_py_spy(), "record", "--gil", "--format", "raw", "--full-filenames", "--nolineno"),
        *("--rate", str(SAMPLES_A_SECOND), "--output", str(samples), "--"),
    ]
    _run(work, requests, path=None, middleware=True, prefix_argv=argv)
    # A process imports modules once, so that is not part of a request.
    return shares(line for line in samples.read_text(encoding="utf-8").splitlines() if "<frozen importlib" not in line)


def _py_spy() -> str:
    found = shutil.which("py-spy", path=str(Path(sys.executable).parent)) or shutil.which("py-spy")
    if found is None:
        raise EnvironmentProblem(
            "Sampling needs py-spy, which is not installed. Run: make setup, or pip install py-spy"
        )
    return found


def _run(work: Work, requests: int, *, path: str | None, middleware: bool, prefix_argv: Sequence[str]) -> float:
    given = work.folder / "input.json"
    given.write_text(json.dumps(_input(work, requests, path)), encoding="utf-8")
    done = subprocess.run(
        [*prefix_argv, sys.executable, "-m", "perfcompare.anatomy.driver"],
        env=_environment(work, given, middleware=middleware),
        cwd=env.ROOT,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=_LONGEST_S,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode != 0 or not lines:
        last = "\n".join((done.stderr or done.stdout).strip().splitlines()[-8:])
        raise DriverError(f"{work.cell.stack} cannot be asked without a server: {last}")
    return float(json.loads(lines[-1])["cpu_us"])


def _input(work: Work, requests: int, path: str | None) -> dict[str, Any]:
    interface = servers[work.cell.server].interface
    return {
        "target": stacks[work.cell.stack].targets[interface],
        "interface": interface,
        "exchanges": [["GET", path, {}, None]] if path else _exchanges(work, requests),
        "requests": requests,
        "concurrency": CONCURRENCY,
        "warm": max(20, requests // 10),
    }


def _exchanges(work: Work, requests: int) -> list[list[Any]]:
    endpoint = work.target.endpoint(work.cell.scenario)
    # The requests of a writing scenario can be sent only once.
    number = requests + max(20, requests // 10) if endpoint.writes else min(DISTINCT, requests)
    traffic = islice(endpoint.traffic(Random()), number)
    return [_exchange(exchange.request, prefix(work.cell.stack)) for exchange in traffic]


def _exchange(request: Request, below: str) -> list[Any]:
    body = base64.b64encode(request.body).decode() if request.body else None
    return [request.method, below + request.path, dict(request.headers), body]


def _environment(work: Work, given: Path, *, middleware: bool) -> Mapping[str, str]:
    return {
        **work.target.environ,
        "PERFCOMPARE_STACK": work.cell.stack,
        "PERFCOMPARE_INPUT": str(given),
        "PERFCOMPARE_MIDDLEWARE": "1" if middleware else "0",
        "DJANGO_SETTINGS_MODULE": "config.settings.bench",
        "PYTHONPATH": str(env.ROOT),
    }
