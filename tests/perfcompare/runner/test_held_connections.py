"""On real servers: what a server holds is counted in its own file descriptors."""

from __future__ import annotations

import asyncio
import os
import resource
from collections.abc import Sequence
from pathlib import Path

import pytest

from perfcompare.runner import held_connections
from perfcompare.runner.held_connections import Level
from tests.serving import serve


def held(server: str, levels: Sequence[int], log: Path) -> list[Level]:
    with serve("floor", server, environ={"PATH": os.environ["PATH"]}, log=log) as started:
        return asyncio.run(held_connections.hold(started, levels))


@pytest.fixture(autouse=True)
def briefly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held_connections, "HOLD_S", 0.1)


def test_a_server_that_keeps_connections_holds_all_of_them(tmp_path: Path) -> None:
    few, many = held("uvicorn", [40, 120], tmp_path / "log")

    assert (few.wanted, few.opened, few.held, few.in_server) == (40, 40, 40, 40)
    assert (many.wanted, many.opened, many.held, many.in_server) == (120, 120, 120, 120)
    assert (many.asked, many.answered) == (2, 2)
    assert min(many.pss_kib, few.pss_kib, few.idle_pss_kib) > 0  # others share its pages, more or fewer
    assert many.kib_each is not None


def test_a_server_that_keeps_none_holds_none(tmp_path: Path) -> None:
    (level,) = held("gunicorn_sync", [20], tmp_path / "log")

    assert (level.opened, level.held, level.answered, level.kib_each) == (0, 0, 0, None)


@pytest.mark.parametrize(
    ("wanted", "limit", "possible"),
    [(10_000, 20_000, 10_000), (10_000, 4096, 3896), (10_000, resource.RLIM_INFINITY, 10_000), (10_000, 100, 0)],
)
def test_no_more_are_tried_than_this_process_may_open(wanted: int, limit: int, possible: int) -> None:
    assert held_connections.possible(wanted, limit) == possible


def test_ports_of_several_addresses_are_used_when_one_has_too_few() -> None:
    assert held_connections.sources(10_000, 28_232) == ["127.0.0.2"]
    assert held_connections.sources(10_000, 8000) == ["127.0.0.2", "127.0.0.3", "127.0.0.4"]


def test_the_limit_is_raised_as_far_as_allowed() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(512, hard), hard))
        assert held_connections.raise_limit() == (min(512, hard), hard)
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (hard, hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
