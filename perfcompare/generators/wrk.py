"""wrk (https://github.com/wg/wrk): little processor time per request, so that it is the last to become the ceiling.

What it is asked to do is in `_wrk.lua`. Statuses are compared for every answer, bodies for a sample of at most 200
after the load. Latencies are those of all its answers in microseconds: when one of them was wrong, there are none.
It knows whole seconds only, so that a window is as long as the next larger one of what is asked for.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from perfcompare.core.errors import UsageError
from perfcompare.core.generator import Generator, Load, LoadResult
from perfcompare.generators import _traffic, _wrk_result

PROGRAM: Final = "wrk"
TIMEOUT_S: Final = 10
"""An answer that takes longer is an error. wrk allots 8 bytes for each microsecond of it, mostly never touched."""
_ORDER: Final = "order.json"


def command(load: Load) -> Sequence[str]:
    """The argument vector of the driver that runs wrk for the warm-up and for the window."""
    if load.mode == "open":
        raise UsageError("wrk sends in a closed loop only. For a fixed rate use the generator locust.")
    if load.processes != 1:
        raise UsageError("wrk sends from one process here. For several use the generator locust.")
    writes = _traffic.writes(load)
    if not writes:
        frames = (_traffic.framed(load, exchange.request) for exchange in _traffic.cycle(load))
        (load.folder / "requests").write_bytes(b"".join(frames))
    lengths = [load.warmup_s] if load.warmup_s > 0 else []
    runs = [_argv(load, seconds, writes=writes) for seconds in [*lengths, load.seconds]]
    order = load.folder / _ORDER
    order.write_text(json.dumps({"load": {**asdict(load), "folder": None}, "runs": runs}), encoding="utf-8")
    return [sys.executable, "-m", "perfcompare.generators._wrk_driver", str(order)]


def _argv(load: Load, seconds: float, *, writes: bool) -> list[str]:
    script = Path(__file__).with_name("_wrk.lua")
    statuses = ",".join(str(status) for status in sorted(_traffic.statuses(load)))
    return [
        PROGRAM,
        "--threads", "1",
        "--connections", str(load.concurrency),
        "--duration", f"{max(1, math.ceil(seconds))}s",
        "--timeout", f"{TIMEOUT_S}s",
        "--script", str(script),
        f"http://{load.host}:{load.port}{load.prefix}",
        "--", str(load.folder), "stream" if writes else "cycle",
        str(round(1 / load.check_rate) if load.check_rate else 0), statuses,
    ]  # fmt: skip


def parse(load: Load, _output: str) -> LoadResult:
    """The result, from what the script wrote into the folder."""
    return _wrk_result.read(load)


GENERATOR = Generator(
    label="wrk",
    program=PROGRAM,
    command=command,
    parse=parse,
    installation="Install it (Debian, Ubuntu: apt install wrk; macOS: brew install wrk), or use the generator locust.",
)
