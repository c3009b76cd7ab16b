"""`python -m project_inside.sampling`: the audit's worker, which also says where the CPU time of a request goes."""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from types import FrameType
from typing import Any, Final

from perfcompare.project.audit.worker import Worker, main

_own: Final[Counter[str]] = Counter()
_within: Final[Counter[str]] = Counter()
_WARM: Final = 8


class Sampling(Worker):
    """Takes a sample each millisecond of CPU time."""

    def sample(self, call: int, seconds: float) -> Mapping[str, Any]:
        """Samples by package for the code that was running, and by function for all that was waiting for it as well."""
        for _ in range(_WARM):
            self.answer(call)
        _own.clear()
        _within.clear()
        signal.signal(signal.SIGPROF, _sample)
        signal.setitimer(signal.ITIMER_PROF, 0.001, 0.001)
        begun = time.process_time()
        while time.process_time() - begun < seconds:
            self.measure(call, 1)
        signal.setitimer(signal.ITIMER_PROF, 0)
        return {"own": dict(_own), "within": dict(_within)}

    ACTIONS = {**Worker.ACTIONS, "sample": sample}


def _sample(_signal: int, frame: FrameType | None) -> None:
    _own.update((_package(frame),))
    seen = set()
    while frame is not None:
        seen.add(f"{_package(frame)} {frame.f_code.co_qualname} ({Path(frame.f_code.co_filename).name})")
        frame = frame.f_back
    _within.update(seen)


def _package(frame: FrameType | None) -> str:
    name = str(frame.f_globals.get("__name__", "?")) if frame else "?"
    parts = name.split(".")
    return ".".join(parts[:2]) if parts[0] in {"django", "rest_framework", "perfcompare"} else parts[0]


if __name__ == "__main__":
    main(Sampling)
