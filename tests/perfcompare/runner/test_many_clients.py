from __future__ import annotations

import asyncio
import gc
import os
from types import SimpleNamespace

import pytest

from perfcompare.runner import many_clients
from perfcompare.runner.processes import free_port


def test_connections_that_nobody_accepts_are_left_out() -> None:
    nobody = SimpleNamespace(host="127.0.0.1", port=free_port("127.0.0.1"), prefix="/", pid=os.getpid())

    assert asyncio.run(many_clients.opened(nobody, 3, asyncio.Protocol)) == []


def test_garbage_is_collected_again_afterwards() -> None:
    with many_clients.without_collections():
        assert not gc.isenabled()

    assert gc.isenabled()


def test_a_percentile_is_in_milliseconds() -> None:
    assert many_clients.ms([0.3, 0.1, 0.2], 0.5) == pytest.approx(200)
    assert many_clients.ms([], 0.5) is None
