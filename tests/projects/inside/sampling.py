"""`python -m project_inside.sampling`: where the CPU time of requests goes, by a sample each millisecond of CPU time.

Standard input as for `measuring`. The last line of standard output is JSON: `own`, samples by package for the code that
was running, and `within`, samples by function for all that was waiting for it as well.
"""

from __future__ import annotations

import json
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Final

from .asking import asker

_own: Final[Counter[str]] = Counter()
_within: Final[Counter[str]] = Counter()


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
    asked = json.load(sys.stdin)
    ask = asker(asked["interface"], asked["changes"], asked["headers"])
    profiles = {}
    for path in asked["paths"]:
        for _ in range(8):
            ask(path)
        _own.clear()
        _within.clear()
        signal.signal(signal.SIGPROF, _sample)
        signal.setitimer(signal.ITIMER_PROF, 0.001, 0.001)
        begun = time.process_time()
        while time.process_time() - begun < asked["seconds"]:
            ask(path)
        signal.setitimer(signal.ITIMER_PROF, 0)
        profiles[path] = {"own": dict(_own), "within": dict(_within)}
    sys.stdout.write(f"\n{json.dumps(profiles)}\n")
