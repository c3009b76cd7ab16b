"""Runs wrk twice, for the warm-up and for the window: it cannot leave a warm-up out of its figures.

The second argument vector's results overwrite the first one's. Requests that may be sent only once go to its standard
input, made as they are needed.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import IO, Any

from perfcompare.core.generator import Load
from perfcompare.generators import _traffic

FED = "fed"
"""The file with the number of generated requests."""
_BATCH = 50


def main(order: Path) -> int:
    """Do what the JSON file `order` says: `load` and the argument vectors `runs`; wrk's exit status."""
    content = json.loads(order.read_text(encoding="utf-8"))
    load = Load(**{**content["load"], "folder": order.parent})
    source = _Source(load)
    for argv in content["runs"]:
        status = _run(argv, source if _traffic.writes(load) else None)
        if status:
            return status
    (load.folder / FED).write_text(str(source.made), encoding="utf-8")
    return 0


class _Source:
    """Batches of requests that have not been sent before."""

    def __init__(self, load: Load) -> None:
        self.made = 0
        self._load = load
        self._stream = _traffic.stream(load)

    def __iter__(self) -> Iterator[bytes]:
        while True:
            batch = list(islice(self._stream, _BATCH))
            self.made += len(batch)
            yield b"".join(_traffic.framed(self._load, exchange.request) for exchange in batch)


def _run(argv: Sequence[str], source: _Source | None) -> int:
    if source is None:
        return subprocess.run(argv, stdin=subprocess.DEVNULL).returncode
    with subprocess.Popen(argv, stdin=subprocess.PIPE) as process:
        try:
            _feed(process.stdin, source)
        except BrokenPipeError:  # wrk has ended
            process.stdin = None
        return process.wait()


def _feed(pipe: IO[Any] | None, source: _Source) -> None:
    for batch in source:
        if pipe is not None:
            pipe.write(batch)
            pipe.flush()


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
