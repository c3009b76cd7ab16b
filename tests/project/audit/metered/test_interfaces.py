"""What a server gets of the project: its answers, and how long they took."""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any
from wsgiref.util import FileWrapper

import pytest

from perfcompare.core import calling
from perfcompare.project.audit.metered import meter
from perfcompare.project.audit.metered.meter import Meter


class Clock:
    """The process's CPU time, which the application spends."""

    now = 0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Another meter, by this clock."""
    clock = Clock()
    monkeypatch.setattr("time.process_time_ns", lambda: clock.now)
    monkeypatch.setattr(meter, "METER", Meter())
    return clock


def _metered(monkeypatch: pytest.MonkeyPatch, interface: str, application: Any) -> Any:
    """The metered application around this one, in the place of a project's."""
    module: Any = ModuleType(f"perfcompare.project.served.{interface}")
    module.application, module.Message = application, dict
    monkeypatch.setitem(sys.modules, module.__name__, module)
    name = f"perfcompare.project.audit.metered.{interface}"
    monkeypatch.delitem(sys.modules, name, raising=False)
    found = importlib.import_module(name).application
    monkeypatch.delitem(sys.modules, name)
    return found


def test_under_wsgi_the_application_ends_where_its_answer_is_closed(
    monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    class Answer:
        def __iter__(self) -> Iterator[bytes]:
            clock.now += 10
            yield b"{"
            clock.now += 10
            yield b"}"

        def close(self) -> None:
            clock.now += 100

    def application(_environ: Any, start_response: Any) -> Any:
        clock.now += 1000
        start_response("200 OK", [])
        return Answer()

    metered = _metered(monkeypatch, "wsgi", application)
    request = calling.call("GET", "/", {}, None)

    assert calling.wsgi(metered, request).body == b"{}"
    clock.now += 5
    said = json.loads(calling.wsgi(metered, calling.call("GET", meter.PATH, {}, None)).body)
    assert said == {"process": 1125, "application": 1120}


def test_a_file_is_left_to_the_server_which_knows_it_by_its_class(
    monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    file = FileWrapper(None)  # type: ignore[arg-type]
    metered = _metered(monkeypatch, "wsgi", lambda _environ, _start_response: file)

    assert metered({"PATH_INFO": "/", "wsgi.file_wrapper": FileWrapper}, None) is file


def test_under_asgi_what_is_sent_is_the_servers_work(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    async def application(_scope: Any, receive: Any, send: Any) -> None:
        await receive()
        clock.now += 1000
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})

    metered = _metered(monkeypatch, "asgi", application)

    async def server(scope: Any, receive: Any, send: Any) -> None:
        async def sent(message: Any) -> None:
            clock.now += 7
            await send(message)

        await metered(scope, receive, sent)

    assert asyncio.run(calling.asgi(server, calling.call("GET", "/", {}, None))).body == b"{}"
    said = asyncio.run(calling.asgi(metered, calling.call("GET", meter.PATH, {}, None)))
    assert json.loads(said.body) == {"process": 1014, "application": 1000}


def test_a_lifespan_is_passed_on(monkeypatch: pytest.MonkeyPatch, clock: Clock) -> None:
    asked: list[str] = []

    async def application(scope: Any, _receive: Any, _send: Any) -> None:
        asked.append(scope["type"])

    asyncio.run(_metered(monkeypatch, "asgi", application)({"type": "lifespan"}, None, None))

    assert asked == ["lifespan"]
