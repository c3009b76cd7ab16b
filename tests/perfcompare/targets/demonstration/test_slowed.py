from __future__ import annotations

import asyncio
from typing import Any

import pytest

from perfcompare.targets.demonstration import slowed


@pytest.fixture
def burned(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The loops of every burn, in their order."""
    loops: list[int] = []
    monkeypatch.setattr(slowed, "burn", loops.append)
    return loops


def test_a_request_of_an_asgi_stack_costs_the_extra_work_and_a_lifespan_does_not(burned: list[int]) -> None:
    seen: list[str] = []

    async def application(scope: dict[str, str], _receive: object, _send: object) -> None:
        seen.append(scope["type"])

    made = slowed.slowed_asgi(application, 7)
    for kind in ("lifespan", "http"):
        asyncio.run(made({"type": kind}, None, None))

    assert (seen, burned) == (["lifespan", "http"], [7])


def test_a_request_of_a_wsgi_stack_costs_the_extra_work(burned: list[int]) -> None:
    made = slowed.slowed_wsgi(lambda environ, _start: [environ["PATH_INFO"]], 7)

    assert made({"PATH_INFO": "/"}, None) == ["/"]
    assert burned == [7]


@pytest.mark.parametrize("interface", ["asgi", "wsgi"])
def test_the_stack_in_the_environment_is_what_is_slowed(
    monkeypatch: pytest.MonkeyPatch, burned: list[int], interface: str
) -> None:
    monkeypatch.setenv("PERFCOMPARE_STACK", "floor~slowed")
    monkeypatch.setenv(slowed.LOOPS, "3")
    found: Any = getattr(slowed, interface)

    if interface == "wsgi":
        environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/api/floor/simple", "HTTP_HOST": "localhost"}
        assert b"Hello World" in b"".join(found(environ, lambda *_: None))
        assert burned == [3]


def test_a_round_of_burning_takes_some_nanoseconds_of_processor_time() -> None:
    assert 0.1 < slowed.loop_ns() < 10_000


def test_it_offers_nothing_else() -> None:
    with pytest.raises(AttributeError):
        _ = slowed.other
