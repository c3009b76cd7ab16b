"""429 for whoever asks too often, which timed runs leave off."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from random import Random
from typing import Final

import pytest
import redis

from perfcompare.core.http import Expected
from perfcompare.registries import scenarios, stacks
from perfcompare.runner.client import Client
from perfcompare.runner.processes import ServerProcess
from perfcompare.scenarios.simple import HELLO
from perfcompare.targets.demonstration import differences
from perfcompare.targets.demonstration.programs import program
from tests.contract.conftest import DATASET, Environ, Serve

RATE: Final = 2
WITH_WORKERS: Final = ("fastapi", "drf", "ninja", "modern_rest", "django_lean")


@pytest.fixture(scope="module")
def throttled(request: pytest.FixtureRequest, serve: Serve, environ: Environ) -> Iterator[tuple[str, ServerProcess]]:
    with redis.Redis.from_url(environ["REDIS_URL"]) as cache:
        cache.flushdb()  # requests of another start are counted there
    stack = request.param
    with serve(stack, stacks[stack].server, {**environ, "THROTTLE_RATE": f"{RATE}/minute"}) as process:
        yield stack, process


THROTTLING: Final = [name for name in stacks if differences.checks(name, 429)]
every_stack = pytest.mark.parametrize("throttled", THROTTLING, indirect=True, scope="module")


@every_stack
def test_a9_who_asks_too_often_is_429_and_told_when_to_come_back(throttled: tuple[str, ServerProcess]) -> None:
    _, process = throttled
    client = Client(process.host, process.port)
    for _ in range(RATE):
        assert HELLO.expected.difference(client.send(HELLO.request, process.prefix)) is None

    reply = client.send(HELLO.request, process.prefix)

    assert Expected(status=429).difference(reply) is None
    assert 1 <= int(reply.headers["retry-after"]) <= 60


@pytest.mark.parametrize("stack", WITH_WORKERS)
def test_a9_workers_count_together(environ: Environ, tmp_path: Path, stack: str) -> None:
    with redis.Redis.from_url(environ["REDIS_URL"]) as cache:
        cache.flushdb()
    told = {**environ, "THROTTLE_RATE": f"{RATE}/minute"}
    four = program(stack, stacks[stack].server, environ=told, workers=4)
    with ServerProcess(four, log=tmp_path / "server.log", cpus=None) as process:
        client = Client(process.host, process.port)
        statuses = [client.send(HELLO.request, process.prefix).status for _ in range(RATE + 8)]

    assert statuses == [200] * RATE + [429] * 8


@every_stack
def test_a9_users_are_counted_apart_from_their_address(throttled: tuple[str, ServerProcess]) -> None:
    stack, process = throttled
    client = Client(process.host, process.port)
    for _ in range(RATE + 1):
        client.send(HELLO.request, process.prefix)

    for name in stacks[stack].scenarios & {"protected"}:
        for exchange in islice(scenarios[name].traffic(DATASET, Random(1)), RATE + 1):
            assert exchange.expected.difference(client.send(exchange.request, process.prefix)) is None
