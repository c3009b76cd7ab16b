from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from typing import Any
from wsgiref.util import setup_testing_defaults
from wsgiref.validate import validator

import pytest

from perfcompare.contract.endpoints import ENDPOINTS
from perfcompare.registries import scenarios
from perfcompare.stacks import floor
from perfcompare.stacks.floor.answers import PATHS
from perfcompare.stacks.floor.asgi import Application
from perfcompare.stacks.floor.asgi import application as asgi
from perfcompare.stacks.floor.wsgi import application as wsgi
from tests.perfcompare.stacks.asgi import ask

CASES = {
    "the answer": ("GET", "/api/floor/simple", "127.0.0.1:80", 200),
    "health": ("GET", "/health", "localhost", 200),
    "another path": ("GET", "/api/floor/nothing-here", "127.0.0.1", 404),
    "a wrong method": ("POST", "/api/floor/simple", "127.0.0.1", 405),
    "a dot behind the host": ("GET", "/api/floor/simple", "localhost.:80", 200),
    "a foreign host": ("GET", "/api/floor/simple", "attacker.example", 400),
    "a host that only begins like ours": ("GET", "/api/floor/simple", "localhost.attacker.example", 400),
}


def wsgi_ask(method: str, path: str, host: str) -> tuple[int, dict[str, str], Any]:
    environ: dict[str, Any] = {"REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": path, "HTTP_HOST": host}
    environ["QUERY_STRING"] = ""
    setup_testing_defaults(environ)
    started: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], _info: Any = None) -> Any:
        started.extend([int(status.split()[0]), dict(headers)])
        headers.clear()  # servers may

    result = validator(wsgi)(environ, start_response)
    body = b"".join(result)
    result.close()  # type: ignore[attr-defined]
    return started[0], started[1], json.loads(body)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_both_interfaces_answer_alike(case: tuple[str, str, str, int]) -> None:
    method, path, host, status = case
    answer = asyncio.run(ask(asgi, method, path, host=host))
    assert (answer.status, answer.headers, answer.json) == wsgi_ask(method, path, host)
    assert answer.status == status
    assert answer.headers["content-length"] == str(len(answer.body))


def test_a_wrong_method_names_the_right_one() -> None:
    assert asyncio.run(ask(asgi, "POST", "/api/floor/simple")).headers["allow"] == "GET"


def test_a_server_that_changes_the_headers_changes_one_answer_only() -> None:
    first = wsgi_ask("GET", "/api/floor/simple", "localhost")
    assert wsgi_ask("GET", "/api/floor/simple", "localhost") == first


def test_lifespan_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://nobody")
    monkeypatch.setenv("REDIS_URL", "redis://nobody")
    sent = []

    async def receive() -> dict[str, Any]:
        return {"type": "lifespan.startup"}

    async def send(message: Any) -> None:
        sent.append(message["type"])

    asyncio.run(Application()({"type": "lifespan"}, receive, send))
    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


def test_a_websocket_is_refused() -> None:
    sent = []

    async def receive() -> dict[str, Any]:
        return {"type": "websocket.connect"}

    async def send(message: Any) -> None:
        sent.append(message["type"])

    asyncio.run(asgi({"type": "websocket"}, receive, send))
    assert sent == ["websocket.close"]


def test_over_wsgi_it_offers_the_constant_answer_alone() -> None:
    assert {name for name in scenarios if floor.STACK.offers(name, "wsgi")} == {"simple"}
    assert all(floor.STACK.offers(name, "asgi") for name in ENDPOINTS)
    assert set(PATHS) == {"/api/floor/simple", "/health"}


def test_the_wsgi_callable_loads_no_client() -> None:
    clients = "{'asyncpg', 'aiohttp', 'redis', 'django'}"
    loads = f"import sys, perfcompare.stacks.floor.wsgi; print({clients} & {{*sys.modules}})"

    assert subprocess.run([sys.executable, "-c", loads], capture_output=True, text=True).stdout.strip() == "set()"
