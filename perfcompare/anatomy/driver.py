"""Calls one application in this process, without a server, and prints the cost of a request. Run it with `python -m`.

Its environment is that of a timed server. PERFCOMPARE_INPUT names a JSON file: {"target", "interface", "exchanges":
[[method, path, headers, body], …], "requests", "concurrency", "warm"}. The output is one line of JSON: CPU microseconds
per request, over all threads.
"""

from __future__ import annotations

import asyncio
import base64
import importlib
import itertools
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from perfcompare.core.calling import Call, asgi, call, lifespan, wsgi
from perfcompare.core.http import Reply


def main() -> None:
    """Read the input, send the requests, print the cost."""
    given = json.loads(Path(os.environ["PERFCOMPARE_INPUT"]).read_text(encoding="utf-8"))
    calls = itertools.cycle([_call(*exchange) for exchange in given["exchanges"]])
    module, _, attribute = given["target"].partition(":")
    application = getattr(importlib.import_module(module), attribute)
    ask = _ask_asgi if given["interface"] == "asgi" else _ask_wsgi
    cost_us = ask(application, calls, given["warm"], given["requests"], given["concurrency"])
    sys.stdout.write(json.dumps({"cpu_us": cost_us}) + "\n")


def _call(method: str, path: str, headers: dict[str, str], body: str | None) -> Call:
    return call(method, path, headers, base64.b64decode(body) if body else None)


def _ask_wsgi(application: Any, calls: Iterator[Call], warm: int, requests: int, _concurrency: int) -> float:
    def run(number: int) -> None:
        for one in itertools.islice(calls, number):
            _right(wsgi(application, one))

    return _timed(run, warm, requests)


def _timed(run: Callable[[int], None], warm: int, requests: int) -> float:
    run(warm)
    before = time.process_time_ns()
    run(requests)
    return (time.process_time_ns() - before) / requests / 1000


def _right(reply: Reply) -> None:
    if reply.status >= 300:
        raise RuntimeError(f"the application answers {reply.status}")


def _ask_asgi(application: Any, calls: Iterator[Call], warm: int, requests: int, concurrency: int) -> float:
    import uvloop

    return uvloop.run(_asgi(application, calls, warm, requests, concurrency))


async def _asgi(application: Any, calls: Iterator[Call], warm: int, requests: int, concurrency: int) -> float:
    end = await lifespan(application)

    async def run(number: int) -> None:
        left = itertools.islice(calls, number)

        async def client() -> None:
            for one in left:
                _right(await asgi(application, one))

        await asyncio.gather(*(client() for _ in range(concurrency)))

    await run(warm)
    before = time.process_time_ns()
    await run(requests)
    cost_us = (time.process_time_ns() - before) / requests / 1000
    await end()
    return cost_us


if __name__ == "__main__":
    main()
