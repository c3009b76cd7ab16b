"""`python -m project_inside.measuring`: the CPU time of each request in this process, and what it answers.

Standard input is JSON: `interface`, `changes`, `headers`, `paths`, `batches`, `seconds`. So is the last line of
standard output.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

from perfcompare import levers

from .asking import Answer, asker

_WARM: int = 5


def costs(ask: Callable[[str], Answer], path: str, batches: int, seconds: float) -> dict[str, Any]:
    """The answer, and CPU milliseconds per request: one figure for each of `batches` of about `seconds`."""
    begun = time.process_time()
    for _ in range(_WARM):
        status, headers, body = ask(path)
    once = (time.process_time() - begun) / _WARM
    number = max(1, int(seconds / max(once, 1e-4)))
    figures = []
    for _ in range(batches):
        begun = time.process_time()
        for _ in range(number):
            ask(path)
        figures.append((time.process_time() - begun) / number * 1000)
    return {"status": status, "headers": headers, "body": body.decode("latin-1"), "ms": figures}


def used() -> dict[str, tuple[int, int]]:
    """For each replaced attribute, how many calls the lever answered and how many it left to stock."""
    return {
        f"{lever.name}.{part.name}: {one.target}": (one.fast, one.stock)
        for lever in levers.status().values()
        for part in lever.parts
        for one in part.replacements
        if one.fast or one.stock
    }


if __name__ == "__main__":
    asked = json.load(sys.stdin)
    ask = asker(asked["interface"], asked["changes"], asked["headers"])
    answers = {path: costs(ask, path, asked["batches"], asked["seconds"]) for path in asked["paths"]}
    sys.stdout.write(f"\n{json.dumps({'answers': answers, 'levers': used()})}\n")
