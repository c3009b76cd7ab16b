"""A process of the project that answers its requests without a server, times them, and looks into them.

Run it with `python -m`, in the environment of `Project.environment`. PERFCOMPARE_AUDIT names a JSON file: {"interface",
"calls": [[method, path, headers, body], …], "instruments", "rewrites", "middleware"}. Each line of standard input is a
question, each line of standard output its answer, both JSON. What the project prints goes to standard error.
"""

from __future__ import annotations

import asyncio
import base64
import importlib
import json
import os
import sys
import time
import traceback
import zlib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, Final

VARIABLE: Final = "PERFCOMPARE_AUDIT"
_GZIP: Final = 6
"""The level of Django's GZipMiddleware and of most proxies."""


def main(kind: type[Worker]) -> None:
    """Answer until standard input ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    given = json.loads(Path(os.environ[VARIABLE]).read_text(encoding="utf-8"))

    def say(answer: Mapping[str, Any]) -> None:
        answers.write(json.dumps(answer) + "\n")
        answers.flush()

    try:
        worker = kind(given)
    except Exception as error:
        traceback.print_exc()
        say({"error": _said(error)})
        return
    say({"ready": True, "overhead": worker.overhead(), "middleware": _middleware()})
    for line in sys.stdin:
        question = json.loads(line)
        try:
            say(worker.ACTIONS[question.pop("do")](worker, **question))
        except Exception as error:
            traceback.print_exc()
            say({"error": _said(error)})
    worker.end()


def _said(error: BaseException | None) -> str:
    return "".join(traceback.format_exception_only(error)).strip()


class Worker:
    """The application, and how it is asked."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        import django

        from perfcompare.core.calling import call, lifespan
        from perfcompare.project.audit import rewrites
        from perfcompare.project.audit.spans import Recorder
        from perfcompare.project.served.applications import load

        django.setup()
        _load_urls()
        rewrites.apply(given["rewrites"])
        rewrites.order(given["middleware"])
        self.recorder = Recorder() if given["instruments"] else None
        if self.recorder:
            _install(self.recorder)
        self.application = load()
        self.asgi = given["interface"] == "asgi"
        self.calls = [
            call(method, path, headers, base64.b64decode(body) if body else None)
            for method, path, headers, body in given["calls"]
        ]
        self.loop = _loop()
        self._end = self.loop.run_until_complete(lifespan(self.application)) if self.asgi else None

    def end(self) -> None:
        """End the application."""
        if self._end is not None:
            self.loop.run_until_complete(self._end())

    def overhead(self) -> Mapping[str, float]:
        """What a span costs here; nothing without instruments."""
        from dataclasses import asdict

        from perfcompare.project.audit.overhead import overhead

        return asdict(overhead()) if self.recorder else {}

    def answer(self, call: int) -> Mapping[str, Any]:
        """Send the request once, and say what came."""
        reply = self._ask(call)
        body = base64.b64encode(reply.body).decode()
        return {"status": reply.status, "headers": dict(reply.headers), "body": body}

    def measure(self, call: int, number: int) -> Mapping[str, Any]:
        """The cost of one request, over so many."""
        wall, cpu = time.perf_counter_ns(), time.process_time_ns()
        statuses = self._repeat(call, number, nullcontext)
        cpu, wall = time.process_time_ns() - cpu, time.perf_counter_ns() - wall
        return {"cpu_us": cpu / number / 1000, "wall_us": wall / number / 1000, "statuses": statuses}

    def split(self, call: int, number: int) -> Mapping[str, Any]:
        """The parts of a request, summed over so many."""
        recorder = self._recorder()
        recorder.clear()
        statuses = self._repeat(call, number, recorder.request)
        parts = [[*key, one.count, one.wall, one.cpu, one.children] for key, one in recorder.totals.items()]
        wholes = [[text, one.count, one.wall, one.cpu] for text, one in recorder.wholes.items()]
        return {"parts": parts, "wholes": wholes, "statuses": statuses}

    def look(self, call: int) -> Mapping[str, Any]:
        """Everything that one request causes."""
        from django.core.signals import got_request_exception

        from perfcompare.project.audit.look import Listening, Looked, as_json, watched_models

        recorder = self._recorder()
        looked = Looked()
        recorder.listener = Listening(looked)
        raised: list[str] = []

        def note(**_signal: Any) -> None:
            raised.append(_said(sys.exc_info()[1]))

        got_request_exception.connect(note)
        try:
            with watched_models(looked):
                reply = self._ask(call, recorder.request)
        finally:
            recorder.listener = None
            got_request_exception.disconnect(note)
        return {**as_json(looked), "response": _response(reply), "status": reply.status, "raised": raised}

    def _recorder(self) -> Any:
        if self.recorder is None:
            raise RuntimeError("this worker has no instruments")
        return self.recorder

    def _repeat(self, call: int, number: int, around: Callable[[], AbstractContextManager[Any]]) -> list[int]:
        """The different statuses that came."""
        if not self.asgi:
            return sorted({self._ask(call, around).status for _ in range(number)})

        async def several() -> set[int]:
            return {(await self._asked(call, around)).status for _ in range(number)}

        return sorted(self.loop.run_until_complete(several()))

    def _ask(self, call: int, around: Callable[[], AbstractContextManager[Any]] = nullcontext) -> Any:
        from perfcompare.core import calling

        if self.asgi:
            return self.loop.run_until_complete(self._asked(call, around))
        with around():
            return calling.wsgi(self.application, self.calls[call])

    async def _asked(self, call: int, around: Callable[[], AbstractContextManager[Any]]) -> Any:
        from perfcompare.core import calling

        with around():
            return await calling.asgi(self.application, self.calls[call])

    ACTIONS: Mapping[str, Callable[..., Mapping[str, Any]]] = {
        "answer": answer,
        "measure": measure,
        "split": split,
        "look": look,
    }


def _middleware() -> list[Mapping[str, Any]]:
    from django.conf import settings
    from django.utils.module_loading import import_string

    from perfcompare.project.audit.instruments.thread_hops import called

    found = [(path, import_string(path)) for path in settings.MIDDLEWARE]
    return [
        {"path": path, "kind": called(one), "asynchronous": getattr(one, "async_capable", False)} for path, one in found
    ]


def _load_urls() -> None:
    """Import every view, so that instruments and rewrites find their classes."""
    from django.urls import get_resolver

    _descend(get_resolver())


def _descend(resolver: Any) -> None:
    for one in resolver.url_patterns:
        if hasattr(one, "url_patterns"):
            _descend(one)


def _install(recorder: Any) -> None:
    from perfcompare.project.audit.instruments import instruments

    for one in instruments.values():
        if one.always:
            importlib.import_module(one.module)
        if one.module in sys.modules:
            one.install(recorder)


def _loop() -> asyncio.AbstractEventLoop:
    """As servers have it, where it is installed."""
    try:
        import uvloop
    except ModuleNotFoundError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


def _response(reply: Any) -> Mapping[str, Any]:
    before = time.process_time_ns()
    packed = len(zlib.compress(reply.body, _GZIP, wbits=31))
    cpu_us = (time.process_time_ns() - before) / 1000
    return {
        "status": reply.status,
        "type": reply.headers.get("content-type", ""),
        "encoding": reply.headers.get("content-encoding", ""),
        "bytes": len(reply.body),
        "packed": packed,
        "packing_us": cpu_us,
        "longest": _longest(reply.body),
    }


def _longest(body: bytes) -> list[Any]:
    """The elements of the longest list at the top of a JSON body, its place, and whether pages surround it."""
    try:
        value = json.loads(body)
    except ValueError:
        return [0, "", False]
    if isinstance(value, list):
        return [len(value), "$", False]
    if not isinstance(value, dict):
        return [0, "", False]
    paged = bool({"next", "previous", "count", "has_more", "cursor"} & value.keys())
    lists = [(len(one), f"$.{name}") for name, one in value.items() if isinstance(one, list)]
    return [*max(lists, default=(0, "")), paged]


if __name__ == "__main__":
    main(Worker)
