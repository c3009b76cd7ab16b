"""Locust (https://locust.io): every sample is kept, every status checked, and it offers a fixed rate.

It needs many times the processor time of wrk for a request. The work is done by `locustfiles/`, the only place that
imports it; here is what to start and how to read what that wrote.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from perfcompare.core.errors import PerfcompareError
from perfcompare.core.generator import Generator, Latency, Load, LoadResult

PROGRAM: Final = "locust"
RESULT: Final = "result.json"
_MEETING: Final = "127.0.0.1"
_FOLDER: Final = Path(__file__).resolve().parents[2] / "locustfiles"


class ResultError(PerfcompareError):
    """Raised when Locust's result is missing or not of a whole window."""


def command(load: Load) -> Sequence[str]:
    """The argument vector: all users start at once, and the run ends by itself after the window."""
    file = "single.py" if load.rate is None else "fixed_rate.py"
    return [
        PROGRAM, "--headless", "--locustfile", str(_FOLDER / file),
        "--host", f"http://{load.host}:{load.port}",
        "--users", str(load.concurrency), "--spawn-rate", str(load.concurrency),
        "--prefix", load.prefix,
        "--scenario", load.scenario,
        "--dataset-count", str(load.dataset_count), "--dataset-seed", str(load.dataset_seed),
        "--seed", str(load.seed),
        "--check-rate", str(load.check_rate),
        "--warmup", str(load.warmup_s), "--window", str(load.seconds),
        "--result", str(load.folder / RESULT),
        "--exit-code-on-error", "0",
        "--only-summary", "--loglevel", "WARNING",
        *([] if load.rate is None else ["--rate", str(load.rate)]),
        *([] if load.processes == 1 else senders(load.processes)),
    ]  # fmt: skip


def senders(processes: int) -> list[str]:
    """The options for so many sending processes of this machine, which meet on a free port of 127.0.0.1.

    Locust's own port is the same for every run and open to all networks.
    """
    with socket.socket() as probe:
        probe.bind((_MEETING, 0))
        port = str(probe.getsockname()[1])
    return [
        "--processes", str(processes), "--master-bind-host", _MEETING, "--master-bind-port", port,
        "--master-host", _MEETING, "--master-port", port,
    ]  # fmt: skip


def parse(load: Load, _output: str) -> LoadResult:
    """The result, from the file that the locustfile wrote."""
    content = _content(load.folder / RESULT)
    if content["interrupted"]:
        raise ResultError("Locust was interrupted before its window was over.")
    return load_result(content, content["total"])


def load_result(content: Any, figures: Any) -> LoadResult:
    """The result of some of the requests of a run: `figures` is one of the summaries in its `content`."""
    return LoadResult(
        started_s=content["window"]["started_s"],
        ended_s=content["window"]["ended_s"],
        answers=figures["answers"],
        errors=figures["errors"],
        latency=None if figures["latency"] is None else Latency(**figures["latency"]),
        received_bytes=figures["received_bytes"],
        failures=figures["failures"],
        warnings=tuple(content["warnings"]),
        due=content["due"],
        late_p99_ms=figures["late_p99_ms"],
    )


def _content(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise ResultError(f"Locust left no result: {error}.") from error


GENERATOR = Generator(
    label="Locust",
    program=PROGRAM,
    command=command,
    parse=parse,
    installation="Install what the project needs (make setup), or use the generator wrk.",
    modes=frozenset({"closed", "open"}),
    several_processes=True,
)
